#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/base/error.h"
#include "ortopt/measure/statistics.h"
#include "ortopt/measure/subject.h"

namespace ortopt {

/// What was measured in one process.
struct Round {
  Opening opening;
  std::size_t warm_up_runs = 0;
  bool stable = false;  ///< The warm-up ended because times did not change any more.
  /// Runs that were made in a row. Two bursts are one turn: of several subjects A, B each turn is
  /// A B B A.
  std::vector<std::vector<Timing>> bursts;
};

/// Everything that was measured of one subject.
struct Measurement {
  std::string label;
  std::vector<Round> rounds;
  uint64_t peak_memory = 0;
  /// What ended it early, if anything did: "was stopped by signal 11 (Segmentation fault)".
  std::optional<Error> trouble;
};

/// The seconds of all steady runs, in the order in which they were made.
[[nodiscard]] std::vector<double> latencies(const Measurement& measurement);
[[nodiscard]] std::vector<double> creation_times(const Measurement& measurement);
[[nodiscard]] std::vector<double> first_run_times(const Measurement& measurement);

/// The part of the steady runs' time that they stood in line for a processor.
[[nodiscard]] double waiting_share(const Measurement& measurement);

/// The interval of a statistic of the steady latency. Processes differ from each other by more than
/// chance (where their memory lies), so processes are what is drawn when there are enough of them.
[[nodiscard]] Interval latency_interval(const Measurement& measurement, Statistic statistic,
                                        BootstrapOptions options = {});

/// Things that make one trust the numbers less: "1 of 6 warm-ups did not become stable", "the
/// machine became 8 % slower on the way".
[[nodiscard]] std::vector<std::string> doubts(const Measurement& measurement);

}  // namespace ortopt
