#include <nlohmann/json.hpp>

#include "ortopt/report/report.h"
#include "report/json_text.h"

namespace ortopt {
namespace {

using Json = nlohmann::ordered_json;

Json misses_of(const Facts& facts) {
  Json out = Json::array();
  for (const Miss& miss : facts.misses)
    out.push_back(
        {{"pass", miss.pass}, {"node", miss.node}, {"op", miss.op}, {"reason", miss.reason}});
  return out;
}

Json assumptions_of(const Facts& facts) {
  Json out = Json::array();
  for (const AssumedFact& fact : facts.assumptions)
    out.push_back({{"pass", fact.pass}, {"text", fact.text}});
  return out;
}

Json rewrites_of(const Facts& facts) {
  Json out = Json::array();
  for (const Rewrite& rewrite : facts.rewrites)
    out.push_back({{"pass", rewrite.pass},
                   {"made", rewrite.made},
                   {"node", rewrite.node},
                   {"replaced", rewrite.replaced}});
  return out;
}

Json runs_of(const Facts& facts) {
  Json out = Json::array();
  for (const PassRun& run : facts.runs)
    out.push_back({{"pass", run.pass},
                   {"changes", run.changes},
                   {"rounds", run.rounds},
                   {"converged", run.converged},
                   {"seconds", run.seconds}});
  return out;
}

Json json_of(const KeptOperator& kept) {
  Json out = {{"node", kept.node}, {"op", kept.op}, {"pass", kept.pass}, {"reason", kept.reason}};
  if (kept.largest) out["largest"] = *kept.largest;
  if (kept.difference) out["difference"] = *kept.difference;
  return out;
}

Json measuring_of(const PrecisionFacts& facts) {
  if (!facts.measuring) return nullptr;
  Json mixes = Json::array();
  for (const MeasuredMix& mix : facts.measuring->mixes)
    mixes.push_back({{"what", mix.what},
                     {"kept", mix.kept},
                     {"difference", mix.difference},
                     {"suffices", mix.suffices},
                     {"reason", mix.reason}});
  return {{"runs", facts.measuring->runs},
          {"inputs", facts.measuring->inputs},
          {"mixes", std::move(mixes)}};
}

Json precision_of(const PrecisionFacts& facts) {
  if (facts.type == DataType::undefined) return nullptr;
  Json kept = Json::array();
  for (const KeptOperator& each : facts.kept) kept.push_back(json_of(each));
  Json clamped = Json::array();
  for (const ConvertedWeight& weight : facts.weights)
    if (weight.clamped->too_large() + weight.clamped->too_small() > 0)
      clamped.push_back({{"name", weight.name},
                         {"too_large", weight.clamped->too_large()},
                         {"too_small", weight.clamped->too_small()}});
  return {
      {"type", name_of(facts.type)},     {"converted", facts.converted},  {"casts", facts.casts},
      {"weights", facts.weights.size()}, {"clamped", std::move(clamped)}, {"kept", std::move(kept)},
      {"measuring", measuring_of(facts)}};
}

Json operators_of(const OperatorCounts& counts) {
  Json out = Json::object();
  for (const auto& [op, count] : counts) out[op] = count;
  return out;
}

Json forms_of(const OperatorCounts& counts) {
  Json out = Json::object();
  for (const std::string_view form : form_names())
    out[std::string(form)] = count_form(counts, form);
  return out;
}

Json fused_of(const Report& report) {
  Json out = Json::array();
  for (const FusedOperator& fused : report.fused)
    out.push_back({{"op", fused.op}, {"count", fused.count}, {"detail", fused.detail}});
  return out;
}

std::string_view name_of(Verification::Outcome outcome) {
  switch (outcome) {
    case Verification::Outcome::equal:
      return "equal";
    case Verification::Outcome::different:
      return "different";
    case Verification::Outcome::not_run:
      break;
  }
  return "not_run";
}

Json verification_of(const Verification& verification) {
  Json outputs = Json::array();
  for (const Difference& output : verification.outputs)
    outputs.push_back({{"name", output.name},
                       {"max_absolute", output.max_absolute},
                       {"max_relative", output.max_relative},
                       {"equal", output.equal},
                       {"remark", output.remark}});
  return {{"outcome", name_of(verification.outcome)},
          {"reason", verification.reason},
          {"runtime", verification.runtime},
          {"tolerance", verification.tolerance},
          {"unsteadiness", verification.unsteadiness},
          {"seconds", verification.seconds},
          {"cases", verification.cases},
          {"outputs", std::move(outputs)}};
}

Json problem_of(const Report& report) {
  if (!report.problem) return nullptr;
  return {{"exit_code", static_cast<int>(report.problem->code)},
          {"message", report.problem->text()}};
}

}  // namespace

std::string to_json(const Report& report) {
  return json_text({{"schema_version", Report::schema_version},
                    {"tool_version", report.tool_version},
                    {"input", report.input},
                    {"output", report.output.empty() ? Json(nullptr) : Json(report.output)},
                    {"files", report.files},
                    {"flags", report.flags},
                    {"fingerprint", report.fingerprint},
                    {"target", report.target},
                    {"problem", problem_of(report)},
                    {"input_bytes", report.input_bytes},
                    {"output_bytes", report.output_bytes},
                    {"seconds", report.seconds},
                    {"nodes_before", report.nodes_before},
                    {"nodes_after", report.nodes_after},
                    {"forms", forms_of(report.operators_after)},
                    {"fused", fused_of(report)},
                    {"misses", misses_of(report.facts)},
                    {"assumptions", assumptions_of(report.facts)},
                    {"precision", precision_of(report.facts.precision)},
                    {"warnings", report.facts.warnings},
                    {"notes", report.notes},
                    {"taken_back", report.taken_back},
                    {"verification", verification_of(report.verification)},
                    {"passes", runs_of(report.facts)},
                    {"rewrites", rewrites_of(report.facts)},
                    {"operators_before", operators_of(report.operators_before)},
                    {"operators_after", operators_of(report.operators_after)}});
}

std::string to_explanation_json(const Report& report) {
  return json_text({{"schema_version", Report::schema_version},
                    {"misses", misses_of(report.facts)},
                    {"assumptions", assumptions_of(report.facts)}});
}

}  // namespace ortopt
