#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ortopt/report/html_page.h"
#include "ortopt/report/performance.h"
#include "report/units.h"

namespace ortopt {
namespace {

using Cases = std::vector<const PerformanceCase*>;

Cases successful(const PerformanceReport& report) {
  Cases found;
  for (const PerformanceCase& measured : report.cases)
    if (!latencies(measured.measurement).empty()) found.push_back(&measured);
  return found;
}

/// What is on the axis of a sweep, and what every line of the plot has in common.
struct Sweep {
  std::string title;
  double (*place)(const PerformanceCase&);
  std::string (*line)(const PerformanceCase&);
};

const Sweep over_batch = {
    "batch", [](const PerformanceCase& c) { return static_cast<double>(c.inputs.batch); },
    [](const PerformanceCase& c) {
      return fmt::format("{}, length {}, {} threads", c.measurement.label, c.inputs.sequence,
                         c.threads);
    }};
const Sweep over_length = {
    "length", [](const PerformanceCase& c) { return static_cast<double>(c.inputs.sequence); },
    [](const PerformanceCase& c) {
      return fmt::format("{}, batch {}, {} threads", c.measurement.label, c.inputs.batch,
                         c.threads);
    }};
const Sweep over_threads = {"threads",
                            [](const PerformanceCase& c) { return static_cast<double>(c.threads); },
                            [](const PerformanceCase& c) {
                              return fmt::format("{}, batch {}, length {}", c.measurement.label,
                                                 c.inputs.batch, c.inputs.sequence);
                            }};

using Lines = std::map<std::string, Cases>;

/// The lines of a sweep, in rising order; none when nothing varies along it.
Lines lines_of(const Cases& cases, const Sweep& sweep) {
  Lines lines;
  for (const PerformanceCase* measured : cases) lines[sweep.line(*measured)].push_back(measured);
  bool varies = false;
  for (auto& [name, line] : lines) {
    std::ranges::sort(line, {}, [&](const PerformanceCase* c) { return sweep.place(*c); });
    varies |= line.size() > 1;
  }
  return varies ? lines : Lines{};
}

void add_sweep(HtmlPage& page, const Cases& cases, const Sweep& sweep) {
  const Lines lines = lines_of(cases, sweep);
  if (lines.empty()) return;
  Plot latency{.title = "Median latency over " + sweep.title + ", with its 99.5 % interval",
               .x_title = sweep.title,
               .y_title = "ms"};
  Plot throughput{.title = "Throughput over " + sweep.title,
                  .x_title = sweep.title,
                  .y_title = "rows per second"};
  for (const auto& [name, line] : lines) {
    PlotSeries times{.name = name};
    PlotSeries rows{.name = name};
    for (const PerformanceCase* measured : line) {
      const CaseNumbers numbers = numbers_of(*measured);
      times.x.push_back(sweep.place(*measured));
      times.y.push_back(milli * numbers.latency.p50);
      times.low.push_back(milli * numbers.median_interval.low);
      times.high.push_back(milli * numbers.median_interval.high);
      rows.x.push_back(sweep.place(*measured));
      rows.y.push_back(numbers.throughput);
    }
    latency.series.push_back(std::move(times));
    throughput.series.push_back(std::move(rows));
  }
  page.plot(std::move(throughput)).plot(std::move(latency));
}

void add_distributions(HtmlPage& page, const Cases& cases) {
  Plot distribution{.title = "How many of the runs took how long at most",
                    .x_title = "ms",
                    .y_title = "% of the runs"};
  Plot course{.title = "Latency of the runs in the order in which they were made",
              .kind = Plot::Kind::points,
              .x_title = "part of the measurement, %",
              .y_title = "ms"};
  constexpr std::size_t most_series = 8;
  constexpr std::size_t most_points = 400;
  for (const PerformanceCase* measured : cases) {
    if (distribution.series.size() == most_series) break;
    const std::string name = measured->measurement.label + ", " + setting_text(*measured);
    std::vector<double> all = latencies(measured->measurement);
    PlotSeries points{.name = name};
    const std::size_t step = 1 + all.size() / most_points;
    for (std::size_t i = 0; i < all.size(); i += step) {
      points.x.push_back(100.0 * static_cast<double>(i) / static_cast<double>(all.size()));
      points.y.push_back(milli * all[i]);
    }
    course.series.push_back(std::move(points));
    std::ranges::sort(all);
    PlotSeries shares{.name = name};
    // The last per cent would make the rest invisible.
    for (int percent = 0; percent < 100; ++percent) {
      shares.x.push_back(milli * percentile(all, percent));
      shares.y.push_back(percent);
    }
    distribution.series.push_back(std::move(shares));
  }
  page.plot(std::move(distribution)).plot(std::move(course));
}

Grid table_of(const PerformanceReport& report) {
  Grid grid;
  grid.columns = {{"Model"}};
  for (const char* title : {"Threads", "Batch", "Length", "P50 ms", "99.5 % from", "to", "Mean ms",
                            "Deviation ms", "P75 ms", "P90 ms", "P95 ms", "P99 ms", "Rows/s",
                            "Create ms", "First run ms", "Peak memory MB", "In line %", "Runs"})
    grid.columns.push_back({title, ColumnKind::number});
  for (const PerformanceCase* measured : successful(report)) {
    const CaseNumbers numbers = numbers_of(*measured);
    const Summary& latency = numbers.latency;
    std::vector<std::string> row = {measured->measurement.label, std::to_string(measured->threads),
                                    std::to_string(measured->inputs.batch),
                                    std::to_string(measured->inputs.sequence)};
    for (const double seconds :
         {latency.p50, numbers.median_interval.low, numbers.median_interval.high, latency.mean,
          latency.deviation, latency.p75, latency.p90, latency.p95, latency.p99})
      row.push_back(fmt::format("{:.3f}", milli * seconds));
    row.push_back(fmt::format("{:.1f}", numbers.throughput));
    row.push_back(fmt::format("{:.1f}", milli * numbers.creation));
    row.push_back(fmt::format("{:.2f}", milli * numbers.first_run));
    constexpr double mega = 1e6;
    row.push_back(
        fmt::format("{:.0f}", static_cast<double>(measured->measurement.peak_memory) / mega));
    row.push_back(fmt::format("{:.1f}", 100 * waiting_share(measured->measurement)));
    row.push_back(std::to_string(latency.count));
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::faster:
      return Tone::good;
    case Verdict::slower:
      return Tone::bad;
    case Verdict::no_difference:
      break;
  }
  return Tone::neutral;
}

void add_verdicts(HtmlPage& page, const PerformanceReport& report) {
  const PerformanceCase* baseline = nullptr;
  for (const PerformanceCase& measured : report.cases) {
    if (!measured.comparison)
      baseline = &measured;
    else
      page.remark(fmt::format("{} against {}, {}: {}", measured.measurement.label,
                              baseline->measurement.label, setting_text(measured),
                              verdict_text(*measured.comparison)),
                  tone_of(measured.comparison->verdict));
    if (measured.measurement.trouble)
      page.remark(measured.measurement.label + ", " + setting_text(measured) +
                      " failed: " + measured.measurement.trouble->text(),
                  Tone::bad);
  }
}

}  // namespace

std::string to_html(const PerformanceReport& report) {
  HtmlPage page("perf_test, " + report.date);
  add_verdicts(page, report);
  page.table(table_of(report));
  const Cases cases = successful(report);
  for (const Sweep* sweep : {&over_batch, &over_length, &over_threads})
    add_sweep(page, cases, *sweep);
  if (!cases.empty()) add_distributions(page, cases);
  if (const std::vector<std::string> found = doubts(report); !found.empty()) {
    page.section("Doubts");
    for (const std::string& doubt : found) page.remark(doubt, Tone::warning);
  }
  page.section("Machine, runtime, flags");
  auto facts = described(report.machine);
  facts.emplace_back("runtime", report.runtime);
  facts.emplace_back("flags", fmt::format("{}", fmt::join(report.flags, " ")));
  facts.emplace_back("perf_test", report.tool_version);
  page.facts(std::move(facts));
  return page.render();
}

}  // namespace ortopt
