#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ortopt/report/performance.h"
#include "report/performance_settings.h"
#include "report/units.h"

namespace ortopt {
namespace {

std::string_view python_bool(bool value) { return value ? "True" : "False"; }

std::size_t test_times_of(const PerformanceCase& measured, std::size_t runs) {
  if (measured.test_times > 0) return measured.test_times;
  return std::max<std::size_t>(1, runs / std::max<std::size_t>(1, measured.inputs.samples));
}

std::string incumbent_row(const PerformanceCase& measured) {
  const CaseNumbers numbers = numbers_of(measured);
  const Summary& latency = numbers.latency;
  std::string row;
  for (const double seconds :
       {latency.mean, latency.p50, latency.p75, latency.p90, latency.p95, latency.p99})
    row += fmt::format("{:.2f}\t", milli * seconds);
  row += fmt::format("{:.2f}\t{}\t{}\t{}", numbers.throughput, measured.model.filename().string(),
                     incumbent_name(measured.options.optimization), measured.threads);
  const InputRequest& inputs = measured.inputs;
  row += fmt::format(
      "\t{}\t{}\t{}\t{}\t{}\tTrue\t{}\t{}\n", inputs.batch, inputs.sequence, inputs.samples,
      test_times_of(measured, latency.count), python_bool(is_on_gpu(measured.options)),
      inputs.average_length.value_or(inputs.sequence), python_bool(inputs.random_lengths));
  return row;
}

}  // namespace

bool is_on_gpu(const SessionOptions& options) {
  constexpr std::array for_processors = {"cpu", "dnnl", "openvino", "xnnpack", "acl", "armnn"};
  if (options.providers.empty()) return false;
  std::string name = options.providers.front().name;
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::none_of(for_processors, [&](std::string_view known) {
    return name == known || name == std::string(known) + "executionprovider";
  });
}

std::string_view device_name(const SessionOptions& options) {
  return is_on_gpu(options) ? "GPU" : "CPU";
}

std::string_view incumbent_name(RuntimeOptimization optimization) {
  switch (optimization) {
    case RuntimeOptimization::none:
      return "DISABLE_ALL";
    case RuntimeOptimization::basic:
      return "ENABLE_BASIC";
    case RuntimeOptimization::extended:
      return "ENABLE_EXTENDED";
    case RuntimeOptimization::layout:
      return "ENABLE_LAYOUT";
    case RuntimeOptimization::all:
      break;
  }
  return "ENABLE_ALL";
}

std::string to_incumbent_file(const PerformanceReport& report) {
  std::vector<const PerformanceCase*> quickest_first;
  for (const PerformanceCase& measured : report.cases)
    if (!latencies(measured.measurement).empty()) quickest_first.push_back(&measured);
  std::ranges::stable_sort(quickest_first, {}, [](const PerformanceCase* measured) {
    return mean(latencies(measured->measurement));
  });
  std::string text =
      "Latency(ms)\tLatency_P50\tLatency_P75\tLatency_P90\tLatency_P95\tLatency_P99\t"
      "Throughput(QPS)\tmodel\tgraph_optimization_level\tintra_op_num_threads\tbatch_size\t"
      "sequence_length\ttest_cases\ttest_times\tuse_gpu\tuse_io_binding\t"
      "average_sequence_length\trandom_sequence_length\n";
  for (const PerformanceCase* measured : quickest_first) text += incumbent_row(*measured);
  return text;
}

std::string to_csv(const PerformanceReport& report) {
  Grid grid;
  for (const char* title : {"model",         "label",        "threads",
                            "batch",         "sequence",     "runs",
                            "mean_ms",       "deviation_ms", "p50_ms",
                            "p50_low_ms",    "p50_high_ms",  "p75_ms",
                            "p90_ms",        "p95_ms",       "p99_ms",
                            "min_ms",        "max_ms",       "rows_per_second",
                            "creation_ms",   "first_run_ms", "peak_memory_bytes",
                            "waiting_share", "ratio",        "ratio_low",
                            "ratio_high",    "verdict",      "trouble"})
    grid.columns.push_back({title});
  for (const PerformanceCase& measured : report.cases) {
    const CaseNumbers numbers = numbers_of(measured);
    const Summary& latency = numbers.latency;
    std::vector<std::string> row = {measured.model.string(),
                                    measured.measurement.label,
                                    std::to_string(measured.threads),
                                    std::to_string(measured.inputs.batch),
                                    std::to_string(measured.inputs.sequence),
                                    std::to_string(latency.count)};
    for (const double seconds :
         {latency.mean, latency.deviation, latency.p50, numbers.median_interval.low,
          numbers.median_interval.high, latency.p75, latency.p90, latency.p95, latency.p99,
          latency.least, latency.greatest})
      row.push_back(fmt::format("{:.6g}", milli * seconds));
    row.push_back(fmt::format("{:.6g}", numbers.throughput));
    row.push_back(fmt::format("{:.6g}", milli * numbers.creation));
    row.push_back(fmt::format("{:.6g}", milli * numbers.first_run));
    row.push_back(std::to_string(measured.measurement.peak_memory));
    row.push_back(fmt::format("{:.4f}", waiting_share(measured.measurement)));
    if (const auto& comparison = measured.comparison) {
      for (const double ratio :
           {comparison->ratio, comparison->interval.low, comparison->interval.high})
        row.push_back(fmt::format("{:.5f}", ratio));
      row.emplace_back(name_of(comparison->verdict));
    } else {
      row.resize(row.size() + 4);
    }
    row.push_back(measured.measurement.trouble ? measured.measurement.trouble->text() : "");
    grid.rows.push_back(std::move(row));
  }
  return to_csv(grid);
}

}  // namespace ortopt
