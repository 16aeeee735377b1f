#pragma once

#include <string>
#include <vector>

#include "ortopt/report/grid.h"
#include "ortopt/report/performance.h"

namespace ortopt::tool {

/// One measurement of the matrix.
struct BenchCase {
  std::string model;      ///< "bert"
  std::string optimizer;  ///< "no_opt", "by_script"
  PerformanceCase measured;
};

/// The incumbent's detail file: a line for each measurement.
[[nodiscard]] Grid detail_table(const std::vector<BenchCase>& cases);
/// The incumbent's summary: a column for each batch size and length, the mean latency in ms.
[[nodiscard]] Grid summary_table(const std::vector<BenchCase>& cases);
/// Latencies and verdicts for people.
[[nodiscard]] Grid latency_table(const std::vector<BenchCase>& cases);

}  // namespace ortopt::tool
