#include "ortopt/report/performance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ortopt/base/terminal_text.h"
#include "ortopt/report/reason.h"
#include "report/units.h"

namespace ortopt {
namespace {

std::string milliseconds(double seconds) {
  return fmt::format("{:.{}f}", seconds * milli, seconds < 0.01 ? 3 : 2);
}

/// Columns that say the same in every row are left out.
Grid without_constant_columns(Grid grid, std::size_t settings) {
  if (grid.rows.size() < 2) return grid;
  for (std::size_t column = settings; column-- > 0;) {
    const bool same = std::ranges::all_of(
        grid.rows, [&](const auto& row) { return row[column] == grid.rows.front()[column]; });
    if (!same || grid.columns.size() == 1) continue;
    const auto at = static_cast<std::ptrdiff_t>(column);
    grid.columns.erase(grid.columns.begin() + at);
    for (auto& row : grid.rows) row.erase(row.begin() + at);
  }
  return grid;
}

Grid overview(const PerformanceReport& report) {
  Grid grid;
  grid.columns = {{"Model"}};
  for (const char* title : {"Threads", "Batch", "Length", "P50 ms", "+/-", "Mean ms", "P95 ms",
                            "P99 ms", "Rows/s", "Create ms", "First ms", "Memory", "Runs"})
    grid.columns.push_back({title, ColumnKind::number});
  for (const PerformanceCase& measured : report.cases) {
    std::vector<std::string> row = {measured.measurement.label, std::to_string(measured.threads),
                                    std::to_string(measured.inputs.batch),
                                    std::to_string(measured.inputs.sequence)};
    const CaseNumbers numbers = numbers_of(measured);
    if (numbers.latency.count == 0) {
      row.emplace_back("failed");
    } else {
      const Interval& interval = numbers.median_interval;
      const double width = 100 * interval.half_width() / numbers.latency.p50;
      for (const std::string& text :
           {milliseconds(numbers.latency.p50),
            std::isfinite(width) ? fmt::format("{:.1f} %", width) : std::string("?"),
            milliseconds(numbers.latency.mean), milliseconds(numbers.latency.p95),
            milliseconds(numbers.latency.p99), fmt::format("{:.1f}", numbers.throughput),
            fmt::format("{:.0f}", milli * numbers.creation), milliseconds(numbers.first_run),
            format_bytes(measured.measurement.peak_memory), std::to_string(numbers.latency.count)})
        row.push_back(text);
    }
    grid.rows.push_back(std::move(row));
  }
  constexpr std::size_t settings = 4;
  return without_constant_columns(std::move(grid), settings);
}

}  // namespace

CaseNumbers numbers_of(const PerformanceCase& measured) {
  CaseNumbers numbers;
  const std::vector<double> all = latencies(measured.measurement);
  numbers.latency = summarise(all);
  if (all.empty()) return numbers;
  numbers.median_interval = latency_interval(measured.measurement, median);
  numbers.throughput = static_cast<double>(measured.inputs.batch) / numbers.latency.mean;
  numbers.creation = median(creation_times(measured.measurement));
  numbers.first_run = median(first_run_times(measured.measurement));
  return numbers;
}

std::string verdict_text(const SpeedComparison& comparison) {
  const auto percent = [](double ratio) { return 100 * (ratio - 1); };
  const std::string range =
      fmt::format("{:+.1f} % (99.5 %: {:+.1f} to {:+.1f} %)", percent(comparison.ratio),
                  percent(comparison.interval.low), percent(comparison.interval.high));
  if (comparison.verdict != Verdict::no_difference)
    return fmt::format("{}: time {}", name_of(comparison.verdict), range);
  return fmt::format("no difference: time {}; from {:.1f} % on it would have been seen", range,
                     100 * comparison.resolution);
}

std::string setting_text(const PerformanceCase& measured) {
  return fmt::format("batch {}, length {}, {} thread{}", measured.inputs.batch,
                     measured.inputs.sequence, measured.threads, measured.threads == 1 ? "" : "s");
}

std::vector<std::string> doubts(const PerformanceReport& report) {
  std::vector<std::string> found;
  for (const PerformanceCase& measured : report.cases) {
    std::vector<std::string> own = doubts(measured.measurement);
    for (const Round& round : measured.measurement.rounds)
      for (const std::string& remark : round.opening.remarks) own.push_back(remark);
    for (const std::string& doubt : own) {
      const std::string text = measured.measurement.label + ": " + doubt;
      if (std::ranges::find(found, text) == found.end()) found.push_back(text);
    }
  }
  for (const std::string& doubt : doubts(report.machine)) found.push_back(doubt);
  return found;
}

std::string to_table(const PerformanceReport& report) {
  std::string text = to_text(overview(report));
  const PerformanceCase* baseline = nullptr;
  for (const PerformanceCase& measured : report.cases) {
    if (!measured.comparison) {
      baseline = &measured;
      continue;
    }
    text += fmt::format("\n{} against {}, {}\n  {}\n", measured.measurement.label,
                        baseline->measurement.label, setting_text(measured),
                        verdict_text(*measured.comparison));
  }
  for (const PerformanceCase& measured : report.cases)
    if (measured.measurement.trouble)
      text += fmt::format("\n{}, {}: FAILED\n  {}\n", measured.measurement.label,
                          setting_text(measured),
                          printable(plain_reason(measured.measurement.trouble->text())));
  if (const std::vector<std::string> found = doubts(report); !found.empty()) {
    text += "\nDoubts\n";
    for (const std::string& doubt : found) text += "  " + doubt + "\n";
  }
  return text;
}

}  // namespace ortopt
