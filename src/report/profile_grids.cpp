#include "report/profile_grids.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ortopt/measure/speed_comparison.h"
#include "ortopt/measure/statistics.h"

namespace ortopt {

double ProfileReport::profiling_cost() const {
  if (!recording || recording->plain.empty() || recording->profiled.empty()) return 0;
  return median(profile_grids::own_times(recording->profiled)) /
             median(profile_grids::own_times(recording->plain)) -
         1;
}

namespace profile_grids {
namespace {

using Row = std::vector<std::string>;

std::string format_calls(double calls) {
  return std::abs(calls - std::round(calls)) < 0.005 ? fmt::format("{:.0f}", calls)
                                                     : fmt::format("{:.2f}", calls);
}

std::string short_provider(const std::string& provider) {
  constexpr std::string_view ending = "ExecutionProvider";
  return provider.ends_with(ending) ? provider.substr(0, provider.size() - ending.size())
                                    : provider;
}

Row time_cells(const RunTime& time) {
  return {format_share(time.share), format_ms(time.mean), format_ms(time.deviation),
          format_ms(time.median), format_calls(time.calls)};
}

const std::vector<Column> time_columns = {{"share", ColumnKind::share},
                                          {"ms", ColumnKind::number},
                                          {"+-", ColumnKind::number},
                                          {"median", ColumnKind::number},
                                          {"calls", ColumnKind::number}};

Grid group_grid(const std::vector<GroupTime>& groups, const std::string& title) {
  Grid grid{.columns = time_columns, .rows = {}};
  grid.columns.push_back({title, ColumnKind::text});
  for (const GroupTime& group : groups) {
    Row row = time_cells(group.time);
    row.push_back(group.name.empty() ? "(not told)" : group.name);
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

Grid node_grid(const std::vector<NodeTime>& nodes, const Profile& profile) {
  Grid grid{.columns = time_columns, .rows = {}};
  if (!profile.layers.empty()) grid.columns.push_back({"layer", ColumnKind::text});
  for (const char* title : {"provider", "operator", "node"})
    grid.columns.push_back({title, ColumnKind::text});
  for (const NodeTime& node : nodes) {
    Row row = time_cells(node.time);
    if (!profile.layers.empty()) row.push_back(node.layer >= 0 ? std::to_string(node.layer) : "-");
    row.insert(row.end(), {short_provider(node.provider), node.op, node.name});
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

std::string format_change(double difference, double wall) {
  return fmt::format("{:+.1f} %", wall > 0 ? 100 * difference / wall : 0);
}

Row change_row(const TimeChange& change, double wall) {
  return {change.name, format_ms(change.before), format_ms(change.after),
          (change.difference() < 0 ? "-" : "+") + format_ms(std::abs(change.difference())),
          format_change(change.difference(), wall)};
}

const std::vector<Column> change_columns = {{"", ColumnKind::text},
                                            {"A ms", ColumnKind::number},
                                            {"B ms", ColumnKind::number},
                                            {"B - A", ColumnKind::number},
                                            {"of A's run", ColumnKind::number}};

}  // namespace

std::vector<double> own_times(const std::vector<Timing>& timings) {
  std::vector<double> out;
  for (const Timing& timing : timings) out.push_back(1e3 * own_seconds(timing));
  return out;
}

std::string format_ms(double milliseconds) {
  const double size = std::abs(milliseconds);
  if (size >= 99.95) return fmt::format("{:.0f}", milliseconds);
  if (size >= 9.995) return fmt::format("{:.1f}", milliseconds);
  if (size >= 0.9995) return fmt::format("{:.2f}", milliseconds);
  return fmt::format("{:.3f}", milliseconds);
}

std::string format_share(double share) { return fmt::format("{:.1f} %", 100 * share); }

Grid parts(const Profile& profile) {
  const WallTime& wall = profile.wall;
  Grid grid{.columns = {{"share", ColumnKind::share},
                        {"ms", ColumnKind::number},
                        {"of a run", ColumnKind::text}},
            .rows = {}};
  const auto add = [&](const char* name, double time) {
    grid.rows.push_back(
        {format_share(wall.wall > 0 ? time / wall.wall : 0), format_ms(time), name});
  };
  add("nodes", wall.kernels);
  if (wall.fences > 0) add("waiting before and after nodes", wall.fences);
  add("between nodes: scheduling, memory, the profiler", wall.between);
  add("around the executor: inputs and outputs", wall.around);
  if (wall.outside != 0) add("outside the runtime's measure", wall.outside);
  if (wall.overlap > 0) add("nodes side by side, counted twice", -wall.overlap);
  add("wall time", wall.wall);
  return grid;
}

Grid layers(const Profile& profile) { return group_grid(profile.layers, "layer"); }
Grid operators(const Profile& profile) { return group_grid(profile.operators, "operator"); }
Grid devices(const Profile& profile) { return group_grid(profile.devices, "kernel"); }

Grid providers(const Profile& profile) {
  Grid grid = group_grid(profile.providers, "provider");
  grid.columns.push_back({"nodes", ColumnKind::number});
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    const std::string& name = profile.providers[i].name;
    grid.rows[i].push_back(
        std::to_string(std::count_if(profile.nodes.begin(), profile.nodes.end(),
                                     [&](const NodeTime& node) { return node.provider == name; })));
  }
  return grid;
}

Grid top_nodes(const Profile& profile, double threshold) {
  std::vector<NodeTime> nodes;
  for (const NodeTime& node : profile.nodes)
    if (node.time.share >= threshold) nodes.push_back(node);
  std::stable_sort(nodes.begin(), nodes.end(),
                   [](const NodeTime& a, const NodeTime& b) { return a.time.mean > b.time.mean; });
  return node_grid(nodes, profile);
}

Grid fallbacks(const std::vector<NodeTime>& nodes, const Profile& profile) {
  return node_grid(nodes, profile);
}

Grid all_nodes(const Profile& profile) {
  Grid grid{.columns = {{"order", ColumnKind::number},
                        {"node", ColumnKind::text},
                        {"operator", ColumnKind::text},
                        {"layer", ColumnKind::text},
                        {"provider", ColumnKind::text},
                        {"calls", ColumnKind::number},
                        {"mean_ms", ColumnKind::number},
                        {"deviation_ms", ColumnKind::number},
                        {"median_ms", ColumnKind::number},
                        {"share", ColumnKind::number},
                        {"inputs", ColumnKind::text}},
            .rows = {}};
  for (const NodeTime& node : profile.nodes)
    grid.rows.push_back(
        {std::to_string(node.order), node.name, node.op,
         profile.layers.empty() ? std::string() : layer_name(node.layer), node.provider,
         format_calls(node.time.calls), fmt::format("{:.6f}", node.time.mean),
         fmt::format("{:.6f}", node.time.deviation), fmt::format("{:.6f}", node.time.median),
         fmt::format("{:.6f}", node.time.share), node.inputs});
  return grid;
}

Grid changes(const std::vector<TimeChange>& list, const std::string& title,
             const TimeChange& wall) {
  Grid grid{.columns = change_columns, .rows = {}};
  grid.columns.front().title = title;
  grid.columns.push_back({"A calls", ColumnKind::number});
  grid.columns.push_back({"B calls", ColumnKind::number});
  for (const TimeChange& change : list) {
    Row row = change_row(change, wall.before);
    row.push_back(format_calls(change.calls_before));
    row.push_back(format_calls(change.calls_after));
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

Grid parts(const ProfileDifference& difference) {
  Grid grid{.columns = change_columns, .rows = {}};
  grid.columns.front().title = "of a run";
  for (const TimeChange& change : difference.parts)
    grid.rows.push_back(change_row(change, difference.wall.before));
  grid.rows.push_back(change_row(difference.wall, difference.wall.before));
  return grid;
}

std::vector<std::pair<std::string, std::string>> facts(const ProfileReport& report) {
  std::vector<std::pair<std::string, std::string>> out;
  const Profile& profile = report.profile;
  if (report.recording) {
    const Recording& recording = *report.recording;
    out.emplace_back("runtime", "ONNX Runtime " + recording.runtime);
    out.emplace_back("inputs", recording.inputs);
    out.emplace_back("session",
                     fmt::format("{:.3f} s to open, first run {} ms", recording.creation_seconds,
                                 format_ms(1e3 * recording.first_run_seconds)));
    const double plain = median(own_times(recording.plain));
    const double profiled = median(own_times(recording.profiled));
    out.emplace_back(
        "latency",
        fmt::format("{} ms without profiling, {} ms with it ({:+.1f} %); medians", format_ms(plain),
                    format_ms(profiled), 100 * report.profiling_cost()));
  } else {
    out.emplace_back("latency", fmt::format("{} ms under the profiler (median)",
                                            format_ms(profile.latency.p50)));
  }
  out.emplace_back("runs",
                   fmt::format("{} of {} nodes; the times below are of the {} least disturbed",
                               profile.runs, profile.nodes.size(), profile.middle_runs));
  return out;
}

std::vector<std::string> remarks(const ProfileReport& report) {
  std::vector<std::string> out;
  if (report.recording) out = report.recording->remarks;
  out.insert(out.end(), report.profile.remarks.begin(), report.profile.remarks.end());
  return out;
}

std::vector<std::string> verdict(const ProfileDifferenceReport& report) {
  const TimeChange& wall = report.difference.wall;
  if (!report.latencies)
    return {fmt::format("Under the profiler B takes {} ms and A {} ms ({:+.1f} %).",
                        format_ms(wall.after), format_ms(wall.before),
                        100 * wall.difference() / wall.before)};
  const SpeedComparison& latencies = *report.latencies;
  std::vector<std::string> out = {
      fmt::format("Without profiling, run in turns: B against A: {} ({:+.1f} %, between {:+.1f} "
                  "and {:+.1f} %).",
                  name_of(latencies.verdict), 100 * (latencies.ratio - 1),
                  100 * (latencies.interval.low - 1), 100 * (latencies.interval.high - 1))};
  const bool is_slower_when_profiled = wall.difference() > 0;
  if (latencies.verdict != Verdict::no_difference &&
      is_slower_when_profiled != (latencies.verdict == Verdict::slower))
    out.emplace_back(
        "Profiling turns the order around, because it costs the two differently: trust the order "
        "without it.");
  return out;
}

}  // namespace profile_grids
}  // namespace ortopt
