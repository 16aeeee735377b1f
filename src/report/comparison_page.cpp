#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "ortopt/report/comparison_report.h"
#include "ortopt/report/html_page.h"
#include "report/comparison_words.h"
#include "report/units.h"

namespace ortopt {
namespace {

/// A plot has no place for infinity.
double drawable(double number) {
  return std::isfinite(number) ? number : std::numeric_limits<double>::quiet_NaN();
}

/// How many elements differ by how much.
Plot sizes_of(const Difference& output) {
  Plot plot{.title = "Elements by size of difference", .kind = Plot::Kind::bars};
  plot.y_title = "elements";
  PlotSeries series{.name = output.name};
  for (std::size_t i = 0; i < output.decades.size(); ++i) {
    plot.categories.push_back(i == 0 ? "none" : fmt::format("1e{}", static_cast<int>(i) - 13));
    series.y.push_back(static_cast<double>(output.decades[i]));
  }
  plot.series.push_back(std::move(series));
  return plot;
}

/// The largest difference of each row of the sample that differs most.
Plot places_of(const Difference& output) {
  Plot plot{.title = "Largest difference in each row, with " + output.map.sample,
            .kind = Plot::Kind::bars};
  plot.x_title = "row along the last axis";
  plot.y_title = "|a - b|";
  PlotSeries series{.name = output.name};
  for (std::size_t i = 0; i < output.map.rows.size(); ++i) {
    plot.categories.push_back(std::to_string(i));
    series.y.push_back(drawable(output.map.rows[i]));
  }
  plot.series.push_back(std::move(series));
  return plot;
}

void add_output(HtmlPage& page, const Difference& output) {
  page.section("Output " + output.name);
  page.remark(output.remark, Tone::bad);
  std::vector<std::pair<std::string, std::string>> facts;
  if (output.first) facts.emplace_back("First beyond the tolerance", output.first->text());
  if (output.worst)
    facts.emplace_back("Largest difference",
                       output.worst->text() + " with " + output.worst->sample);
  if (output.first_non_finite)
    facts.emplace_back("Finite in one model only", output.first_non_finite->text());
  if (!facts.empty()) page.facts(std::move(facts));
  if (output.elements > 0) page.plot(sizes_of(output));
  if (!output.map.rows.empty()) page.plot(places_of(output));
}

Plot measured_plot(const Bisection& bisection) {
  Plot plot{.title = "Difference along the model", .kind = Plot::Kind::line};
  plot.x_title = "values that were looked at, from inputs to outputs";
  plot.y_title = "difference, as a share of the size";
  plot.y_scale = Plot::Scale::logarithmic;
  PlotSeries series{.name = bisection.output};
  PlotSeries threshold{.name = "threshold"};
  for (std::size_t i = 0; i < bisection.measured.size(); ++i) {
    series.x.push_back(static_cast<double>(i));
    // A logarithm has no zero.
    series.y.push_back(drawable(std::max(bisection.measured[i].difference, 1e-9)));
    threshold.x.push_back(static_cast<double>(i));
    threshold.y.push_back(bisection.threshold);
  }
  plot.series = {std::move(series), std::move(threshold)};
  return plot;
}

void add_bisection(HtmlPage& page, const Bisection& bisection) {
  page.section("Where they part")
      .remark(bisection.text, bisection.found ? Tone::bad : Tone::warning);
  if (!bisection.found) return;
  page.plot(measured_plot(bisection));
  Grid grid;
  grid.columns = {{"Number", ColumnKind::number},
                  {"Value"},
                  {"Layer"},
                  {"Difference", ColumnKind::number},
                  {""}};
  for (std::size_t i = 0; i < bisection.measured.size(); ++i) {
    const MeasuredValue& value = bisection.measured[i];
    grid.rows.push_back({std::to_string(i), value.name, value.layer, short_number(value.difference),
                         value.name == bisection.at.name ? "here" : ""});
  }
  page.table(std::move(grid), "Values of both models, with " + bisection.sample);
  Grid nodes{.columns = {{"Node of the baseline"}}, .rows = {}};
  for (const std::string& node : bisection.stands_for) nodes.rows.push_back({node});
  page.table(std::move(nodes),
             fmt::format("What {} '{}' stands for", bisection.op, bisection.node));
}

}  // namespace

std::string to_page(const ComparisonReport& report) {
  const Comparison& comparison = report.comparison;
  HtmlPage page("compare_results: " + report.baseline + " and " + report.other);
  page.remark(conclusion(comparison), comparison.is_equal() ? Tone::good : Tone::bad);
  page.facts({{"Baseline", report.baseline},
              {"Other model", report.other},
              {"Runtime", comparison.runtime},
              {"Samples", std::to_string(comparison.samples.size())},
              {"Samples that differ", std::to_string(comparison.failed.size())},
              {"Time", format_seconds(comparison.seconds)}});
  page.section("Outputs").table(grid_of(comparison.outputs));
  if (!comparison.match.differences.empty()) page.section("Signatures differ");
  for (const std::string& difference : comparison.match.differences) page.paragraph(difference);
  if (comparison.bisection) add_bisection(page, *comparison.bisection);
  for (const Difference& output : comparison.outputs)
    if (!output.equal) add_output(page, output);
  return page.render();
}

}  // namespace ortopt
