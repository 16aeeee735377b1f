#include "compare/comparison_json.h"

#include "compare/difference_json.h"

namespace ortopt {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::vector<Port>& ports) {
  Json out = Json::array();
  for (const Port& port : ports)
    out.push_back({port.name, static_cast<int>(port.type), port.dims, port.symbols});
  return out;
}

std::vector<Port> ports_from(const Json& json) {
  std::vector<Port> out;
  for (const Json& port : json)
    out.push_back({port[0], static_cast<DataType>(port[1].get<int>()),
                   port[2].get<std::vector<int64_t>>(), port[3].get<std::vector<std::string>>()});
  return out;
}

Json json_of(const std::vector<PortPair>& pairs) {
  Json out = Json::array();
  for (const PortPair& pair : pairs) out.push_back({pair.baseline, pair.other});
  return out;
}

std::vector<PortPair> pairs_from(const Json& json) {
  std::vector<PortPair> out;
  for (const Json& pair : json) out.push_back({pair[0], pair[1]});
  return out;
}

Json json_of(const MeasuredValue& value) {
  return {{"name", value.name}, {"layer", value.layer}, {"difference", value.difference}};
}

MeasuredValue value_from(const Json& json) {
  return {json.at("name"), json.at("layer"), json.at("difference")};
}

Json json_of(const std::vector<MeasuredValue>& values) {
  Json out = Json::array();
  for (const MeasuredValue& value : values) out.push_back(json_of(value));
  return out;
}

std::vector<MeasuredValue> values_from(const Json& json) {
  std::vector<MeasuredValue> out;
  for (const Json& value : json) out.push_back(value_from(value));
  return out;
}

std::optional<Bisection> bisection_from(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Bisection out;
  out.found = json.at("found");
  out.text = json.at("text");
  out.sample = json.at("sample");
  out.output = json.at("output");
  out.at = value_from(json.at("at"));
  out.other_name = json.at("other_name");
  out.node = json.at("node");
  out.op = json.at("op");
  out.stands_for = json.at("stands_for").get<std::vector<std::string>>();
  out.before = values_from(json.at("before"));
  out.threshold = json.at("threshold");
  out.is_gradual = json.at("is_gradual");
  out.is_only_place = json.at("is_only_place");
  out.immaterial = values_from(json.at("immaterial"));
  out.measured = values_from(json.at("measured"));
  out.runs = json.at("runs");
  return out;
}

}  // namespace

Json json_of(const std::optional<Bisection>& bisection) {
  if (!bisection) return nullptr;
  return {{"found", bisection->found},
          {"text", bisection->text},
          {"sample", bisection->sample},
          {"output", bisection->output},
          {"at", json_of(bisection->at)},
          {"other_name", bisection->other_name},
          {"node", bisection->node},
          {"op", bisection->op},
          {"stands_for", bisection->stands_for},
          {"before", json_of(bisection->before)},
          {"threshold", bisection->threshold},
          {"is_gradual", bisection->is_gradual},
          {"is_only_place", bisection->is_only_place},
          {"immaterial", json_of(bisection->immaterial)},
          {"measured", json_of(bisection->measured)},
          {"runs", bisection->runs}};
}

std::string to_bytes(const Comparison& comparison) {
  Json outputs = Json::array();
  for (const Difference& output : comparison.outputs) outputs.push_back(ortopt::json_of(output));
  const Json all = {{"outcome", static_cast<int>(comparison.outcome)},
                    {"reason", comparison.reason},
                    {"cause", static_cast<int>(comparison.cause)},
                    {"runtime", comparison.runtime},
                    {"baseline_inputs", json_of(comparison.baseline.inputs)},
                    {"baseline_outputs", json_of(comparison.baseline.outputs)},
                    {"other_inputs", json_of(comparison.other.inputs)},
                    {"other_outputs", json_of(comparison.other.outputs)},
                    {"inputs", json_of(comparison.match.inputs)},
                    {"outputs", json_of(comparison.match.outputs)},
                    {"signature_differences", comparison.match.differences},
                    {"signature_notes", comparison.match.notes},
                    {"samples", comparison.samples},
                    {"failed", comparison.failed},
                    {"notes", comparison.notes},
                    {"bisection", ortopt::json_of(comparison.bisection)},
                    {"differences", std::move(outputs)}};
  std::string bytes;
  Json::to_cbor(all, bytes);
  return bytes;
}

Comparison comparison_from(const std::string& bytes) {
  using Words = std::vector<std::string>;
  const Json all = Json::from_cbor(bytes);
  Comparison out;
  out.outcome = static_cast<Comparison::Outcome>(all.at("outcome").get<int>());
  out.reason = all.at("reason");
  out.cause = static_cast<Code>(all.at("cause").get<int>());
  out.runtime = all.at("runtime");
  out.baseline.inputs = ports_from(all.at("baseline_inputs"));
  out.baseline.outputs = ports_from(all.at("baseline_outputs"));
  out.other.inputs = ports_from(all.at("other_inputs"));
  out.other.outputs = ports_from(all.at("other_outputs"));
  out.match.inputs = pairs_from(all.at("inputs"));
  out.match.outputs = pairs_from(all.at("outputs"));
  out.match.differences = all.at("signature_differences").get<Words>();
  out.match.notes = all.at("signature_notes").get<Words>();
  out.samples = all.at("samples").get<Words>();
  out.failed = all.at("failed").get<Words>();
  out.notes = all.at("notes").get<Words>();
  out.bisection = bisection_from(all.at("bisection"));
  for (const Json& output : all.at("differences")) out.outputs.push_back(difference_from(output));
  return out;
}

}  // namespace ortopt
