#include <nlohmann/json.hpp>

#include "ortopt/report/performance.h"
#include "report/performance_settings.h"

namespace ortopt {
namespace {

using Json = nlohmann::ordered_json;

Json interval_of(const Interval& interval) { return {interval.low, interval.high}; }

Json summary_of(const Summary& summary) {
  return {
      {"count", summary.count}, {"mean", summary.mean},         {"deviation", summary.deviation},
      {"least", summary.least}, {"greatest", summary.greatest}, {"p50", summary.p50},
      {"p75", summary.p75},     {"p90", summary.p90},           {"p95", summary.p95},
      {"p99", summary.p99}};
}

Json machine_of(const Machine& machine) {
  return {{"processor", machine.processor},
          {"physical_cores", machine.physical_cores},
          {"logical_cores", machine.logical_cores},
          {"usable_cores", machine.usable_cores},
          {"vector_extensions", machine.vector_extensions},
          {"governor", machine.governor},
          {"hypervisor", machine.hypervisor},
          {"memory_bytes", machine.memory_bytes},
          {"system", machine.system},
          {"accelerators", machine.accelerators},
          {"load", machine.load}};
}

Json options_of(const SessionOptions& options) {
  Json providers = Json::array();
  for (const Provider& provider : options.providers)
    providers.push_back({{"name", provider.name}, {"options", provider.options}});
  return {{"optimization", static_cast<int>(options.optimization)},
          {"inter_op_threads", options.inter_op_threads},
          {"parallel", options.order == ExecutionOrder::parallel},
          {"spinning", options.spinning},
          {"arena", options.arena},
          {"memory_pattern", options.memory_pattern},
          {"providers", std::move(providers)},
          {"config", options.config}};
}

Json rounds_of(const Measurement& measurement) {
  Json out = Json::array();
  for (const Round& round : measurement.rounds) {
    Json seconds = Json::array();
    Json waiting = Json::array();
    for (const std::vector<Timing>& burst : round.bursts) {
      seconds.emplace_back(Json::array());
      waiting.emplace_back(Json::array());
      for (const Timing& run : burst) {
        seconds.back().push_back(run.seconds);
        waiting.back().push_back(run.waiting);
      }
    }
    out.push_back({{"creation", round.opening.creation_seconds},
                   {"first_run", round.opening.first_run_seconds},
                   {"warm_up_runs", round.warm_up_runs},
                   {"stable", round.stable},
                   {"seconds", std::move(seconds)},
                   {"waiting", std::move(waiting)}});
  }
  return out;
}

Json comparison_of(const SpeedComparison& comparison) {
  return {{"ratio", comparison.ratio},
          {"interval", interval_of(comparison.interval)},
          {"verdict", name_of(comparison.verdict)},
          {"turns", comparison.turns},
          {"resolution", comparison.resolution}};
}

Json case_of(const PerformanceCase& measured) {
  const CaseNumbers numbers = numbers_of(measured);
  Json out = {{"model", measured.model.string()},
              {"label", measured.measurement.label},
              {"threads", measured.threads},
              {"batch", measured.inputs.batch},
              {"sequence", measured.inputs.sequence},
              {"past", measured.inputs.past},
              {"samples", measured.inputs.samples},
              {"device", device_name(measured.options)},
              {"options", options_of(measured.options)},
              {"latency", summary_of(numbers.latency)},
              {"p50_interval", interval_of(numbers.median_interval)},
              {"throughput", numbers.throughput},
              {"creation", summary_of(summarise(creation_times(measured.measurement)))},
              {"first_run", summary_of(summarise(first_run_times(measured.measurement)))},
              {"peak_memory_bytes", measured.measurement.peak_memory},
              {"waiting_share", waiting_share(measured.measurement)},
              {"doubts", doubts(measured.measurement)},
              {"rounds", rounds_of(measured.measurement)}};
  if (measured.comparison) out["comparison"] = comparison_of(*measured.comparison);
  if (measured.measurement.trouble)
    out["trouble"] = {{"message", measured.measurement.trouble->text()},
                      {"code", static_cast<int>(measured.measurement.trouble->code)}};
  return out;
}

}  // namespace

std::string to_json(const PerformanceReport& report) {
  Json cases = Json::array();
  for (const PerformanceCase& measured : report.cases) cases.push_back(case_of(measured));
  const Json json = {{"schema_version", PerformanceReport::schema_version},
                     {"tool_version", report.tool_version},
                     {"date", report.date},
                     {"flags", report.flags},
                     {"machine", machine_of(report.machine)},
                     {"runtime", report.runtime},
                     {"doubts", doubts(report)},
                     {"cases", std::move(cases)}};
  // Names in models need not be UTF-8; JSON has to be. Infinite ends of intervals become null.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ortopt
