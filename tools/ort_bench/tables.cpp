#include "tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ortopt::tool {
namespace {

constexpr double milli = 1e3;

Grid with_columns(std::initializer_list<const char*> texts,
                  std::initializer_list<const char*> numbers) {
  Grid grid;
  for (const char* title : texts) grid.columns.push_back({title});
  for (const char* title : numbers) grid.columns.push_back({title, ColumnKind::number});
  return grid;
}

std::string variant_text(const Variant& variant) {
  std::string text = variant.engine == "onnxruntime" ? variant.optimizer : variant.engine;
  if (variant.precision != "fp32") text += " " + variant.precision;
  return text;
}

/// The row or column that a key has, added when it is new.
class Places {
 public:
  /// Whether it is new, and its number.
  std::pair<bool, std::size_t> find(const std::string& key) {
    const auto [place, is_new] = places_.try_emplace(key, places_.size());
    return {is_new, place->second};
  }

 private:
  std::map<std::string, std::size_t> places_;
};

std::string verdict_of(const BenchCase& one) {
  if (one.measured.measurement.trouble)
    return "FAILED: " + one.measured.measurement.trouble->text();
  return one.measured.comparison ? verdict_text(*one.measured.comparison) : "";
}

}  // namespace

Grid latency_matrix(const std::vector<BenchCase>& cases) {
  Grid grid = with_columns({"Model", "Engine", "Optimizer", "Precision"}, {"Threads", "Batch"});
  const std::size_t settings = grid.columns.size();
  Places columns;
  Places rows;
  for (const BenchCase& one : cases) {
    const InputRequest& inputs = one.measured.inputs;
    const std::string length = std::to_string(inputs.sequence);
    const auto [is_new_length, column] = columns.find(length);
    if (is_new_length) grid.columns.push_back({"length " + length, ColumnKind::number});
    std::vector<std::string> head = {one.model.stem,
                                     one.variant.engine,
                                     one.variant.optimizer,
                                     one.variant.precision,
                                     std::to_string(one.measured.threads),
                                     std::to_string(inputs.batch)};
    const auto [is_new_row, row] = rows.find(fmt::format("{}", fmt::join(head, "\n")));
    if (is_new_row) grid.rows.push_back(std::move(head));
    std::vector<std::string>& cells = grid.rows[row];
    cells.resize(std::max(cells.size(), settings + column + 1));
    const std::vector<double> all = latencies(one.measured.measurement);
    if (!all.empty()) cells[settings + column] = fmt::format("{:.3f}", milli * median(all));
  }
  return grid;
}

Grid latency_table(const std::vector<BenchCase>& cases) {
  Grid grid = with_columns({"Model", "Engine", "Optimizer", "Precision"},
                           {"Threads", "Batch", "Length", "P50 ms", "Mean ms", "P95 ms", "Rows/s"});
  grid.columns.push_back({"Against the first"});
  for (const BenchCase& one : cases) {
    const CaseNumbers numbers = numbers_of(one.measured);
    grid.rows.push_back({one.model.stem, one.variant.engine, one.variant.optimizer,
                         one.variant.precision, std::to_string(one.measured.threads),
                         std::to_string(one.measured.inputs.batch),
                         std::to_string(one.measured.inputs.sequence),
                         fmt::format("{:.3f}", milli * numbers.latency.p50),
                         fmt::format("{:.3f}", milli * numbers.latency.mean),
                         fmt::format("{:.3f}", milli * numbers.latency.p95),
                         fmt::format("{:.1f}", numbers.throughput), verdict_of(one)});
  }
  return grid;
}

std::vector<Plot> latency_plots(const std::vector<BenchCase>& cases) {
  std::vector<Plot> plots;
  Places models;
  std::map<std::string, Places> settings_of;
  std::map<std::string, Places> variants_of;
  for (const BenchCase& one : cases) {
    const std::string& name = one.model.stem;
    const auto [is_new, place] = models.find(name);
    if (is_new)
      plots.push_back({.title = "Median latency of " + name,
                       .kind = Plot::Kind::bars,
                       .x_title = "",
                       .y_title = "ms"});
    Plot& plot = plots[place];
    const std::string setting = setting_text(one.measured);
    const auto [is_new_setting, category] = settings_of[name].find(setting);
    if (is_new_setting) plot.categories.push_back(setting);
    const auto [is_new_variant, series] = variants_of[name].find(variant_text(one.variant));
    if (is_new_variant) plot.series.push_back({.name = variant_text(one.variant)});
    std::vector<double>& heights = plot.series[series].y;
    heights.resize(std::max(heights.size(), category + 1));
    const std::vector<double> all = latencies(one.measured.measurement);
    if (!all.empty()) heights[category] = milli * median(all);
  }
  return plots;
}

}  // namespace ortopt::tool
