#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/engine/engine.h"
#include "ortopt/engine/input_request.h"
#include "ortopt/measure/fingerprint.h"
#include "ortopt/measure/measurement.h"
#include "ortopt/measure/speed_comparison.h"
#include "ortopt/report/grid.h"

namespace ortopt {

/// One model in one setting, and what was measured.
struct PerformanceCase {
  std::filesystem::path model;
  SessionOptions options;
  std::size_t threads = 0;  ///< Within an operator; never 0.
  InputRequest inputs;
  std::size_t test_times = 0;  ///< For each sample; 0: as many as it took.
  Measurement measurement;     ///< Its label names the model, where there are several.
  /// Against the first case of the same setting.
  std::optional<SpeedComparison> comparison;
};

/// Everything there is to tell about one run of perf_test; docs/perf_test.md has the schema.
struct PerformanceReport {
  static constexpr int schema_version = 1;

  std::string tool_version;
  std::string date;  ///< "2026-01-31 12:00:00"
  std::vector<std::string> flags;
  Machine machine;
  std::string runtime;  ///< Version, library.
  std::vector<PerformanceCase> cases;
};

/// The latencies of a case in a few numbers, in seconds.
struct CaseNumbers {
  Summary latency;
  Interval median_interval;  ///< At 99.5 %.
  double throughput = 0;     ///< Rows in a second, by the mean.
  double creation = 0;       ///< Medians over the processes.
  double first_run = 0;
};
[[nodiscard]] CaseNumbers numbers_of(const PerformanceCase& measured);

/// "faster: 12.3 % less time (99.5 %: 11.0 to 13.5 %)".
[[nodiscard]] std::string verdict_text(const SpeedComparison& comparison);

/// "CPU" or "GPU".
[[nodiscard]] std::string_view device_name(const SessionOptions& options);

/// "batch 1, length 128, 2 threads".
[[nodiscard]] std::string setting_text(const PerformanceCase& measured);

/// All that makes one trust the numbers less, each once.
[[nodiscard]] std::vector<std::string> doubts(const PerformanceReport& report);

/// A table for the terminal, verdicts and doubts below it.
[[nodiscard]] std::string to_table(const PerformanceReport& report);
[[nodiscard]] std::string to_json(const PerformanceReport& report);
[[nodiscard]] std::string to_csv(const PerformanceReport& report);
/// A page with plots: latency over batch and threads, its distribution, its course.
[[nodiscard]] std::string to_html(const PerformanceReport& report);
/// The file that bert_perf_test.py writes: tabs between columns, the quickest first.
[[nodiscard]] std::string to_incumbent_file(const PerformanceReport& report);

}  // namespace ortopt
