#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ortopt/base/function_ref.h"
#include "ortopt/measure/measurement.h"
#include "ortopt/measure/speed_comparison.h"
#include "ortopt/measure/subject.h"

namespace ortopt {

/// Seconds on a clock that only goes forward.
[[nodiscard]] double steady_seconds();

/// How long and how exactly to measure.
struct Schedule {
  /// Steady runs of each subject, exactly; 0: as many as `precision` asks for and `seconds` allow.
  std::size_t runs = 0;
  /// Ends when every interval is this narrow: half of it, as a part of the value.
  double precision = 0.01;
  /// About how long all of it may take, for all subjects together. With `runs`, without effect.
  double seconds = 15;
  /// A machine that does other things besides may have to go on for longer, until the intervals of
  /// comparisons are as narrow as `visible`: up to this many times `seconds`. When to stop follows
  /// from the width alone and never from what is found, which would make up differences. Without
  /// effect when `runs` or `rounds` are given.
  double patience = 6;
  double visible = 0.025;
  /// Processes for each subject, one after the other, exactly; 0: as many as fit, up to twelve.
  std::size_t rounds = 0;
  double confidence = 0.995;
  uint64_t seed = 1;
  /// Seconds since some moment; a test may have a time of its own.
  double (*now)() = steady_seconds;
};

/// How far a measurement is.
struct Progress {
  double done = 0;  ///< 0 … 1
  double seconds_left = 0;
};

struct LabelledSubject {
  std::string label;
  Subject* subject = nullptr;  ///< Not owned.
};

/// Measures all subjects in turns: in each round every one of them is opened in a process of its own
/// and warmed up until its times do not change any more; then they run in bursts in the order
/// A B C C B A, so that whatever the machine does besides meets all of them alike. A subject that
/// fails has its `trouble` in its measurement, and the others go on without it.
[[nodiscard]] std::vector<Measurement> measure(std::span<const LabelledSubject> subjects,
                                               const Schedule& schedule,
                                               FunctionRef<void(const Progress&)> progress);

}  // namespace ortopt
