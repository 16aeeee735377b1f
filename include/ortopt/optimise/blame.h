#pragma once

#include <string>
#include <vector>

#include "ortopt/base/function_ref.h"
#include "ortopt/base/result.h"

namespace ortopt {

/// Whether the result is equal to the original when the given passes are left out.
using EqualWithout = FunctionRef<Result<bool>(const std::vector<std::string>& left_out)>;

/// Finds passes to leave out so that the result is equal again, given that it differs with all of
/// `passes` (in pipeline order). Each culprit takes a binary search: the first pass with which,
/// after all before it, the result differs. Fails with `different` when leaving out all of them
/// does not help, and with whatever `is_equal_without` fails with.
[[nodiscard]] Result<std::vector<std::string>> find_culprits(const std::vector<std::string>& passes,
                                                             EqualWithout is_equal_without);

}  // namespace ortopt
