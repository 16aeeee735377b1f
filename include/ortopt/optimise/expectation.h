#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/report/operators.h"

namespace ortopt {

/// How many blocks the caller wants to find in the result: `--expect attention=12`.
struct Expectation {
  std::string what;  ///< A form ("attention"), or an operator with or without its domain.
  std::size_t count = 0;
};

/// Reads "attention=12" or "com.microsoft.BiasGelu=12". Fails with `usage`.
[[nodiscard]] Result<Expectation> parse_expectation(std::string_view text);

/// All expectations that `counts` do not meet, in one error; nothing when all are met.
[[nodiscard]] std::optional<Error> find_unmet(const std::vector<Expectation>& expectations,
                                              const OperatorCounts& counts);

}  // namespace ortopt
