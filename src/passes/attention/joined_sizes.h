#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "ortopt/pass/rewriter.h"
#include "ortopt/passes/attention/sdpa.h"

namespace ortopt::attention {

/// The Shape nodes through which `value` is computed from the keys or values joined to their cache.
/// Nothing when it reads their elements, too, or when that cannot be known.
[[nodiscard]] std::optional<std::vector<Node*>> sizes_of_joined(const Value& value,
                                                                const Sdpa& sdpa);

/// `shape`, a Shape of what a Concat joins, becomes a sum over the shapes of the two parts, so that
/// the join may be left to an operator that reads what is computed from it.
void read_from_parts(Node& shape, std::string_view pass, Context& context);

}  // namespace ortopt::attention
