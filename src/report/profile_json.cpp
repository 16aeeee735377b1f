#include <nlohmann/json.hpp>

#include "ortopt/base/version.h"
#include "ortopt/report/profile_report.h"
#include "report/json_text.h"
#include "report/profile_grids.h"

namespace ortopt {
namespace {

using Json = nlohmann::ordered_json;

Json time_of(const RunTime& time) {
  return {{"mean_ms", time.mean},
          {"deviation_ms", time.deviation},
          {"median_ms", time.median},
          {"calls", time.calls},
          {"share", time.share}};
}

Json summary_in_ms(const Summary& summary) {
  return {
      {"count", summary.count},  {"mean_ms", summary.mean},    {"deviation_ms", summary.deviation},
      {"min_ms", summary.least}, {"max_ms", summary.greatest}, {"p50_ms", summary.p50},
      {"p90_ms", summary.p90},   {"p95_ms", summary.p95},      {"p99_ms", summary.p99}};
}

Json wall_of(const WallTime& wall) {
  return {{"wall_ms", wall.wall},       {"nodes_ms", wall.kernels}, {"fences_ms", wall.fences},
          {"between_ms", wall.between}, {"around_ms", wall.around}, {"outside_ms", wall.outside},
          {"overlap_ms", wall.overlap}, {"gap_ms", wall.gap()}};
}

Json groups_of(const std::vector<GroupTime>& groups) {
  Json out = Json::array();
  for (const GroupTime& group : groups) {
    Json entry = {{"name", group.name}};
    entry.update(time_of(group.time));
    out.push_back(std::move(entry));
  }
  return out;
}

Json nodes_of(const std::vector<NodeTime>& nodes, const Profile& profile) {
  Json out = Json::array();
  for (const NodeTime& node : nodes) {
    Json entry = {{"name", node.name},
                  {"operator", node.op},
                  {"provider", node.provider},
                  {"layer", profile.layers.empty() ? Json() : Json(layer_name(node.layer))},
                  {"inputs", node.inputs}};
    entry.update(time_of(node.time));
    out.push_back(std::move(entry));
  }
  return out;
}

Json recording_of(const ProfileReport& report) {
  if (!report.recording) return nullptr;
  const Recording& recording = *report.recording;
  return {
      {"runtime", recording.runtime},
      {"inputs", recording.inputs},
      {"remarks", recording.remarks},
      {"creation_seconds", recording.creation_seconds},
      {"first_run_seconds", recording.first_run_seconds},
      {"warm_up_runs", recording.warm_up},
      {"without_profiling", summary_in_ms(summarise(profile_grids::own_times(recording.plain)))},
      {"with_profiling", summary_in_ms(summarise(profile_grids::own_times(recording.profiled)))},
      {"profiling_cost", report.profiling_cost()}};
}

Json hints_of(const std::vector<Hint>& hints) {
  Json out = Json::array();
  for (const Hint& hint : hints) out.push_back({{"text", hint.text}, {"command", hint.command}});
  return out;
}

Json json_of(const ProfileReport& report) {
  const Profile& profile = report.profile;
  return {{"subject", report.subject},
          {"recording", recording_of(report)},
          {"runs", profile.runs},
          {"middle_runs", profile.middle_runs},
          {"latency", summary_in_ms(profile.latency)},
          {"wall", wall_of(profile.wall)},
          {"layers", groups_of(profile.layers)},
          {"operators", groups_of(profile.operators)},
          {"providers", groups_of(profile.providers)},
          {"device_kernels", groups_of(profile.devices)},
          {"nodes", nodes_of(profile.nodes, profile)},
          {"fallbacks", nodes_of(report.fallbacks, profile)},
          {"hints", hints_of(report.hints)},
          {"remarks", profile.remarks}};
}

Json with_version(const ProfileReport& report) {
  return {{"schema_version", ProfileReport::schema_version},
          {"tool_version", version()},
          {"command", report.command}};
}

Json changes_of(const std::vector<TimeChange>& changes) {
  Json out = Json::array();
  for (const TimeChange& change : changes)
    out.push_back({{"name", change.name},
                   {"a_ms", change.before},
                   {"b_ms", change.after},
                   {"difference_ms", change.difference()},
                   {"a_calls", change.calls_before},
                   {"b_calls", change.calls_after}});
  return out;
}

Json latencies_of(const ProfileDifferenceReport& report) {
  if (!report.latencies) return nullptr;
  const SpeedComparison& latencies = *report.latencies;
  return {{"verdict", name_of(latencies.verdict)},
          {"ratio", latencies.ratio},
          {"low", latencies.interval.low},
          {"high", latencies.interval.high}};
}

}  // namespace

std::string to_json(const ProfileReport& report) {
  Json json = with_version(report);
  json.update(json_of(report));
  return json_text(json);
}

std::string to_json(const ProfileDifferenceReport& report) {
  Json json = with_version(report.before);
  json.update({{"a", json_of(report.before)},
               {"b", json_of(report.after)},
               {"parts", changes_of(report.difference.parts)},
               {"without_profiling", latencies_of(report)},
               {"wall", changes_of({report.difference.wall})[0]},
               {"layers", changes_of(report.difference.layers)},
               {"operators", changes_of(report.difference.operators)},
               {"remarks", report.difference.remarks}});
  return json_text(json);
}

std::string to_chrome_trace(const Timelines& runs, const std::string& title) {
  Json events = Json::array();
  events.push_back(
      {{"ph", "M"}, {"name", "process_name"}, {"pid", 1}, {"args", {{"name", title}}}});
  for (std::size_t i = 0; i < runs.count(); ++i)
    for (const TimelineSpan& span : runs.at(i)) {
      Json event = {{"ph", "X"},
                    {"name", span.group == "run" ? "run " + std::to_string(i) : span.name},
                    {"cat", span.group},
                    {"ts", 1e3 * (runs.start(i) + span.start)},
                    {"dur", 1e3 * span.duration},
                    {"pid", 1},
                    {"tid", span.thread}};
      if (!span.detail.empty()) event["args"] = {{"detail", span.detail}};
      events.push_back(std::move(event));
    }
  const Json json = {{"displayTimeUnit", "ms"}, {"traceEvents", std::move(events)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ortopt
