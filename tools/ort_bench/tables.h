#pragma once

#include <string>
#include <vector>

#include "ortopt/report/grid.h"
#include "ortopt/report/html_page.h"
#include "ortopt/report/performance.h"
#include "variants.h"

namespace ortopt::tool {

/// One measurement of the matrix.
struct BenchCase {
  BenchModel model;
  Variant variant;
  PerformanceCase measured;
};

/// A file of the matrix.
struct BenchFile {
  BenchModel model;
  Variant variant;
};

/// The incumbent's detail file: a line for each measurement.
[[nodiscard]] Grid detail_table(const std::vector<BenchCase>& cases);
/// The incumbent's summary: a column for each batch size and length, the mean latency in ms.
[[nodiscard]] Grid summary_table(const std::vector<BenchCase>& cases);
/// The incumbent's file of fused operators, a line for each file.
[[nodiscard]] Grid fusion_table(const std::vector<BenchFile>& files);

/// Median latencies for people: a line for each variant and batch size, a column for each length.
[[nodiscard]] Grid latency_matrix(const std::vector<BenchCase>& cases);
/// All latencies and verdicts for people.
[[nodiscard]] Grid latency_table(const std::vector<BenchCase>& cases);
/// The median latencies of each model, side by side.
[[nodiscard]] std::vector<Plot> latency_plots(const std::vector<BenchCase>& cases);

}  // namespace ortopt::tool
