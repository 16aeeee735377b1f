#pragma once

#include <cstddef>
#include <vector>

#include "ortopt/profile/profile.h"

namespace ortopt {

/// Which runs take about the median, in their order; of those that stood least in line for a
/// processor, as `timings` tell (which may be fewer than `walls`).
[[nodiscard]] std::vector<std::size_t> find_middle_runs(const std::vector<double>& walls,
                                                        const std::vector<Timing>& timings);

/// The one of `runs` that takes the median time.
[[nodiscard]] std::size_t find_typical_run(const std::vector<double>& walls,
                                           std::vector<std::size_t> runs);

}  // namespace ortopt
