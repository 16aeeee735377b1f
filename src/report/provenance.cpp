#include "ortopt/report/provenance.h"

#include <nlohmann/json.hpp>

namespace ortopt {

std::string to_provenance(const Report& report, const std::vector<std::string>& flags) {
  using Json = nlohmann::ordered_json;
  Json fused = Json::object();
  for (const FusedOperator& entry : report.fused) fused[entry.op] = entry.count;
  Json assumptions = Json::array();
  for (const AssumedFact& fact : report.facts.assumptions) assumptions.push_back(fact.text);
  Json out = {{"tool", "ort-opt"},
              {"version", report.tool_version},
              {"input", report.fingerprint},
              {"flags", flags},
              {"target", report.target},
              {"fused", std::move(fused)},
              {"assumptions", std::move(assumptions)}};
  if (!report.taken_back.empty()) out["taken_back"] = report.taken_back;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ortopt
