#include "compare/comparison_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "compare/difference_json.h"
#include "ortopt/report/comparison_report.h"
#include "report/comparison_words.h"

namespace ortopt {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no infinities.
void spell_out_non_finite(Json& json) {
  if (json.is_structured()) {
    for (Json& element : json) spell_out_non_finite(element);
  } else if (json.is_number_float()) {
    const double number = json.get<double>();
    if (std::isnan(number)) json = "nan";
    if (std::isinf(number)) json = number > 0 ? "inf" : "-inf";
  }
}

Json json_of(const std::vector<Port>& ports) {
  Json out = Json::array();
  for (const Port& port : ports) out.push_back({{"name", port.name}, {"type", describe(port)}});
  return out;
}

Json pairs_of(const std::vector<PortPair>& pairs, const std::vector<Port>& baseline,
              const std::vector<Port>& other) {
  Json out = Json::array();
  for (const PortPair& pair : pairs)
    out.push_back({baseline[pair.baseline].name, other[pair.other].name});
  return out;
}

Json outputs_of(const Comparison& comparison) {
  Json out = Json::array();
  for (const Difference& output : comparison.outputs) {
    Json entry = ortopt::json_of(output);
    entry["type"] = name_of(output.type);
    out.push_back(std::move(entry));
  }
  return out;
}

std::string outcome_of(const Comparison& comparison) {
  if (comparison.outcome == Comparison::Outcome::equal) return "equal";
  return comparison.outcome == Comparison::Outcome::different ? "different" : "not_run";
}

}  // namespace

std::string to_json(const ComparisonReport& report) {
  const Comparison& comparison = report.comparison;
  Json json = {
      {"schema_version", ComparisonReport::schema_version},
      {"tool_version", report.tool_version},
      {"baseline", report.baseline},
      {"other", report.other},
      {"outcome", outcome_of(comparison)},
      {"reason", comparison.reason},
      {"runtime", comparison.runtime},
      {"seconds", comparison.seconds},
      {"signature",
       {{"baseline",
         {{"inputs", json_of(comparison.baseline.inputs)},
          {"outputs", json_of(comparison.baseline.outputs)}}},
        {"other",
         {{"inputs", json_of(comparison.other.inputs)},
          {"outputs", json_of(comparison.other.outputs)}}},
        {"inputs",
         pairs_of(comparison.match.inputs, comparison.baseline.inputs, comparison.other.inputs)},
        {"outputs",
         pairs_of(comparison.match.outputs, comparison.baseline.outputs, comparison.other.outputs)},
        {"differences", comparison.match.differences},
        {"notes", comparison.match.notes}}},
      {"samples", comparison.samples},
      {"failed_samples", comparison.failed},
      {"notes", comparison.notes},
      {"outputs", outputs_of(comparison)},
      {"bisection", ortopt::json_of(comparison.bisection)},
  };
  spell_out_non_finite(json);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ortopt
