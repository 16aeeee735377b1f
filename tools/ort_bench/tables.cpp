#include "tables.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>

namespace ortopt::tool {
namespace {

constexpr double milli = 1e3;

std::string version_of(const BenchCase& one) {
  const auto& rounds = one.measured.measurement.rounds;
  return rounds.empty() ? "" : rounds.front().opening.version;
}

std::string providers_of(const BenchCase& one) {
  std::string text;
  for (const Provider& provider : one.measured.options.providers) text += provider.name + " ";
  return text + "cpu";
}

/// The columns that both files begin with, in the incumbent's order.
std::vector<std::string> engine_cells(const BenchCase& one) {
  return {"onnxruntime",
          version_of(one),
          providers_of(one),
          std::string(device_name(one.measured.options)),
          "fp32",
          one.optimizer,
          "True"};
}

Grid with_columns(std::initializer_list<const char*> titles) {
  Grid grid;
  for (const char* title : titles) grid.columns.push_back({title});
  return grid;
}

}  // namespace

Grid detail_table(const std::vector<BenchCase>& cases) {
  Grid grid = with_columns({"engine",
                            "version",
                            "providers",
                            "device",
                            "precision",
                            "optimizer",
                            "io_binding",
                            "model_name",
                            "inputs",
                            "threads",
                            "batch_size",
                            "sequence_length",
                            "custom_layer_num",
                            "datetime",
                            "test_times",
                            "QPS",
                            "average_latency_ms",
                            "latency_variance",
                            "latency_90_percentile",
                            "latency_95_percentile",
                            "latency_99_percentile"});
  const std::string now = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::time(nullptr)));
  for (const BenchCase& one : cases) {
    const CaseNumbers numbers = numbers_of(one.measured);
    if (numbers.latency.count == 0) continue;
    std::vector<std::string> row = engine_cells(one);
    const InputRequest& inputs = one.measured.inputs;
    for (const std::string& cell :
         {one.model, std::string(), std::to_string(one.measured.threads),
          std::to_string(inputs.batch), std::to_string(inputs.sequence), std::string(), now,
          std::to_string(numbers.latency.count), fmt::format("{:.2f}", numbers.throughput),
          fmt::format("{:.2f}", milli * numbers.latency.mean),
          // As the incumbent has it: seconds squared, times a thousand.
          fmt::format("{:.4f}", milli * numbers.latency.deviation * numbers.latency.deviation),
          fmt::format("{:.2f}", milli * numbers.latency.p90),
          fmt::format("{:.2f}", milli * numbers.latency.p95),
          fmt::format("{:.2f}", milli * numbers.latency.p99)})
      row.push_back(cell);
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

Grid summary_table(const std::vector<BenchCase>& cases) {
  Grid grid =
      with_columns({"model_name", "inputs", "custom_layer_num", "engine", "version", "providers",
                    "device", "precision", "optimizer", "io_binding", "threads"});
  const std::size_t settings = grid.columns.size();
  std::map<std::string, std::size_t> column_of;
  std::map<std::string, std::size_t> row_of;
  for (const BenchCase& one : cases) {
    const auto place =
        fmt::format("b{}_s{}", one.measured.inputs.batch, one.measured.inputs.sequence);
    if (column_of.try_emplace(place, column_of.size()).second)
      grid.columns.push_back({place, ColumnKind::number});
    const auto key = fmt::format("{} {} {}", one.model, one.optimizer, one.measured.threads);
    if (row_of.try_emplace(key, grid.rows.size()).second) {
      std::vector<std::string> row = {one.model, "", ""};
      for (std::string& cell : engine_cells(one)) row.push_back(std::move(cell));
      row.push_back(std::to_string(one.measured.threads));
      grid.rows.push_back(std::move(row));
    }
    std::vector<std::string>& row = grid.rows[row_of[key]];
    row.resize(std::max(row.size(), settings + column_of.size()));
    const std::vector<double> all = latencies(one.measured.measurement);
    if (!all.empty()) row[settings + column_of[place]] = fmt::format("{:.2f}", milli * mean(all));
  }
  return grid;
}

Grid latency_table(const std::vector<BenchCase>& cases) {
  Grid grid = with_columns({"Model", "Optimizer"});
  for (const char* title : {"Threads", "Batch", "Length", "P50 ms", "Mean ms", "P95 ms", "Rows/s"})
    grid.columns.push_back({title, ColumnKind::number});
  grid.columns.push_back({"Against the first"});
  for (const BenchCase& one : cases) {
    const CaseNumbers numbers = numbers_of(one.measured);
    std::string verdict;
    if (one.measured.comparison) verdict = verdict_text(*one.measured.comparison);
    if (one.measured.measurement.trouble)
      verdict = "FAILED: " + one.measured.measurement.trouble->text();
    grid.rows.push_back({one.model, one.optimizer, std::to_string(one.measured.threads),
                         std::to_string(one.measured.inputs.batch),
                         std::to_string(one.measured.inputs.sequence),
                         fmt::format("{:.3f}", milli * numbers.latency.p50),
                         fmt::format("{:.3f}", milli * numbers.latency.mean),
                         fmt::format("{:.3f}", milli * numbers.latency.p95),
                         fmt::format("{:.1f}", numbers.throughput), verdict});
  }
  return grid;
}

}  // namespace ortopt::tool
