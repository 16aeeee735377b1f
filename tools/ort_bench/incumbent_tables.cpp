// The files that benchmark.py writes.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>

#include "tables.h"

namespace ortopt::tool {
namespace {

constexpr double milli = 1e3;

Grid with_columns(std::initializer_list<const char*> titles) {
  Grid grid;
  for (const char* title : titles) grid.columns.push_back({title});
  return grid;
}

std::string now() {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::time(nullptr)));
}

bool is_onnxruntime(const BenchCase& one) { return one.variant.engine == "onnxruntime"; }

std::string version_of(const BenchCase& one) {
  const auto& rounds = one.measured.measurement.rounds;
  return rounds.empty() ? "" : rounds.front().opening.version;
}

std::string providers_of(const BenchCase& one) {
  if (!is_onnxruntime(one)) return "NA";
  std::string text;
  for (const Provider& provider : one.measured.options.providers) text += provider.name + " ";
  return text + "cpu";
}

std::string layers_of(const BenchCase& one) {
  return one.model.layers > 0 ? std::to_string(one.model.layers) : "";
}

/// The columns that both files begin with, in the incumbent's order.
std::vector<std::string> engine_cells(const BenchCase& one) {
  return {one.variant.engine,
          version_of(one),
          providers_of(one),
          std::string(device_name(one.measured.options)),
          one.variant.precision,
          one.variant.optimizer,
          is_onnxruntime(one) ? "True" : "False"};
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
  for (const BenchCase& one : cases) {
    const CaseNumbers numbers = numbers_of(one.measured);
    if (numbers.latency.count == 0) continue;
    std::vector<std::string> row = engine_cells(one);
    const InputRequest& inputs = one.measured.inputs;
    for (const std::string& cell :
         {one.model.name, std::to_string(one.model.inputs), std::to_string(one.measured.threads),
          std::to_string(inputs.batch), std::to_string(inputs.sequence), layers_of(one), now(),
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
    std::vector<std::string> row = {one.model.name, std::to_string(one.model.inputs),
                                    layers_of(one)};
    for (std::string& cell : engine_cells(one)) row.push_back(std::move(cell));
    row.push_back(std::to_string(one.measured.threads));
    const auto key = fmt::format("{}", fmt::join(row, "\n"));
    if (row_of.try_emplace(key, grid.rows.size()).second) grid.rows.push_back(std::move(row));
    std::vector<std::string>& cells = grid.rows[row_of[key]];
    cells.resize(std::max(cells.size(), settings + column_of.size()));
    const std::vector<double> all = latencies(one.measured.measurement);
    if (!all.empty()) cells[settings + column_of[place]] = fmt::format("{:.2f}", milli * mean(all));
  }
  return grid;
}

Grid fusion_table(const std::vector<BenchFile>& files) {
  constexpr std::array counted = {"EmbedLayerNormalization",
                                  "Attention",
                                  "MultiHeadAttention",
                                  "Gelu",
                                  "FastGelu",
                                  "BiasGelu",
                                  "GemmFastGelu",
                                  "LayerNormalization",
                                  "SimplifiedLayerNormalization",
                                  "SkipLayerNormalization",
                                  "SkipSimplifiedLayerNormalization",
                                  "RotaryEmbedding",
                                  "QOrderedAttention",
                                  "QOrderedGelu",
                                  "QOrderedLayerNormalization",
                                  "QOrderedMatMul"};
  Grid grid = with_columns({"model_filename", "datetime", "transformers", "torch"});
  for (const char* name : counted) grid.columns.push_back({name, ColumnKind::number});
  for (const BenchFile& file : files) {
    std::vector<std::string> row = {file.variant.file.string(), now(), file.model.transformers,
                                    file.model.torch};
    for (const std::string_view name : counted) {
      std::size_t count = 0;
      for (const auto& [op, number] : file.variant.operators)
        if (op == name || op == "com.microsoft." + std::string(name)) count += number;
      row.push_back(std::to_string(count));
    }
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

}  // namespace ortopt::tool
