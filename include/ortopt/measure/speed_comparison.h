#pragma once

#include <string_view>

#include "ortopt/measure/measurement.h"
#include "ortopt/measure/statistics.h"

namespace ortopt {

enum class Verdict { faster, slower, no_difference };

/// "faster", "slower", "no difference".
[[nodiscard]] std::string_view name_of(Verdict verdict);

struct SpeedComparisonOptions {
  BootstrapOptions bootstrap;  ///< At 99.5 %.
  double least_effect = 0.01;  ///< Differences up to here are none, however sure they are.
};

/// What comparisons reckon with: the time on the wall without the time in line for a processor.
/// Whatever else the machine does would otherwise drown differences that matter.
[[nodiscard]] double own_seconds(const Timing& run);

/// How a subject does against another one that was measured in turns with it.
struct SpeedComparison {
  double ratio = 1;  ///< Of the latencies: 0.8 takes a fifth less time than the other.
  Interval interval;
  Verdict verdict = Verdict::no_difference;
  std::size_t turns = 0;

  /// The smallest difference that would have been found: half the width of the interval, and never
  /// below what counts as a difference.
  double resolution = 0;
};

/// Latencies are compared without the time in line, unless one of the two does not know it.
/// The verdict: faster or slower when the interval leaves 1 out and the ratio is further from 1 than
/// `least_effect`.
[[nodiscard]] SpeedComparison compare_speed(const Measurement& baseline,
                                            const Measurement& candidate,
                                            const SpeedComparisonOptions& options = {});

}  // namespace ortopt
