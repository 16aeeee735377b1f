#pragma once

#include <vector>

#include "ortopt/pass/facts.h"

namespace ortopt {

/// Misses that tell the same story: one pass, one operator, one reason but for the names in it.
/// Never empty.
using MissGroup = std::vector<Miss>;

/// Largest group first; groups of one size in the order in which they were found.
[[nodiscard]] std::vector<MissGroup> group_misses(const std::vector<Miss>& misses);

}  // namespace ortopt
