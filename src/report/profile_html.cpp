#include <fmt/format.h>

#include <algorithm>

#include "ortopt/report/profile_report.h"
#include "report/profile_grids.h"

namespace ortopt {
namespace {

/// More bars than this say nothing.
constexpr std::size_t most_bars = 20;

FlameChart flame_of(const Timeline& run, const std::string& title) {
  FlameChart chart{.title = title, .spans = {}};
  for (const TimelineSpan& span : run)
    chart.spans.push_back({.name = span.name,
                           .group = span.group,
                           .detail = span.detail,
                           .start = span.start,
                           .duration = span.duration,
                           .depth = span.depth});
  return chart;
}

Plot bars_of(const std::vector<GroupTime>& groups, const std::string& title) {
  Plot plot{.title = title, .kind = Plot::Kind::bars, .y_title = "ms of a run"};
  PlotSeries series{.name = "ms"};
  for (std::size_t i = 0; i < std::min(most_bars, groups.size()); ++i) {
    plot.categories.push_back(groups[i].name);
    series.y.push_back(groups[i].time.mean);
  }
  plot.series = {std::move(series)};
  return plot;
}

Plot bars_of(const std::vector<TimeChange>& changes, const std::string& title) {
  Plot plot{.title = title, .kind = Plot::Kind::bars, .y_title = "ms of a run"};
  PlotSeries before{.name = "A"};
  PlotSeries after{.name = "B"};
  for (std::size_t i = 0; i < std::min(most_bars, changes.size()); ++i) {
    plot.categories.push_back(changes[i].name);
    before.y.push_back(changes[i].before);
    after.y.push_back(changes[i].after);
  }
  plot.series = {std::move(before), std::move(after)};
  return plot;
}

void add_head(HtmlPage& page, const ProfileReport& report) {
  page.facts(profile_grids::facts(report));
  for (const std::string& remark : profile_grids::remarks(report)) page.remark(remark);
}

void add_hints(HtmlPage& page, const std::vector<Hint>& hints) {
  if (hints.empty()) return;
  page.section("What would help");
  for (const Hint& hint : hints) {
    page.remark(hint.text, Tone::warning);
    if (!hint.command.empty()) page.verbatim(hint.command);
  }
}

void add_table(HtmlPage& page, const std::string& title, Grid grid) {
  if (grid.rows.empty()) return;
  page.section(title).table(std::move(grid));
}

}  // namespace

std::string to_html(const ProfileReport& report, const Timeline& run) {
  const Profile& profile = report.profile;
  HtmlPage page("Profile of " + report.subject);
  add_head(page, report);
  add_hints(page, report.hints);
  page.section("Where the time goes").table(profile_grids::parts(profile));
  page.flame(flame_of(run, "One run, of the median duration"));
  if (!profile.layers.empty())
    page.section("By layer")
        .plot(bars_of(profile.layers, "Time by layer"))
        .table(profile_grids::layers(profile));
  page.section("By operator")
      .plot(bars_of(profile.operators, "Time by operator"))
      .table(profile_grids::operators(profile));
  add_table(page, "By provider", profile_grids::providers(profile));
  add_table(page, "Kernels of the device", profile_grids::devices(profile));
  add_table(page, "Fell back to the CPU", profile_grids::fallbacks(report.fallbacks, profile));
  add_table(page, "By node", profile_grids::top_nodes(profile, 0));
  return page.render();
}

std::string to_html(const ProfileDifferenceReport& report, const Timeline& before,
                    const Timeline& after) {
  const ProfileDifference& difference = report.difference;
  HtmlPage page("Profiles of " + report.before.subject + " and " + report.after.subject);
  for (const std::string& sentence : profile_grids::verdict(report)) page.remark(sentence);
  for (const std::string& remark : difference.remarks) page.remark(remark, Tone::warning);
  page.section("A: " + report.before.subject);
  add_head(page, report.before);
  page.section("B: " + report.after.subject);
  add_head(page, report.after);
  page.section("Where the difference comes from").table(profile_grids::parts(difference));
  if (!difference.layers.empty())
    page.section("By layer")
        .plot(bars_of(difference.layers, "Time by layer"))
        .table(profile_grids::changes(difference.layers, "layer", difference.wall));
  page.section("By operator")
      .plot(bars_of(difference.operators, "Time by operator"))
      .table(profile_grids::changes(difference.operators, "operator", difference.wall));
  page.section("One run of each, of the median duration")
      .flame(flame_of(before, "A"))
      .flame(flame_of(after, "B"));
  return page.render();
}

}  // namespace ortopt
