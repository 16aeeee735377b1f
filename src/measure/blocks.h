#pragma once

#include <vector>

#include "ortopt/measure/statistics.h"

namespace ortopt {

/// All numbers in a row.
[[nodiscard]] std::vector<double> joined(const Blocks& blocks);

/// Blocks that may be drawn: the rounds, when there are enough of them for their differences to be
/// seen, otherwise pieces of what was measured, as long as its numbers hang together.
[[nodiscard]] Blocks independent_blocks(const Blocks& rounds);

}  // namespace ortopt
