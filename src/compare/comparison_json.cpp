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

}  // namespace

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
  for (const Json& output : all.at("differences")) out.outputs.push_back(difference_from(output));
  return out;
}

}  // namespace ortopt
