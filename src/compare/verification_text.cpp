#include "compare/verification_text.h"

#include <nlohmann/json.hpp>

namespace ortopt {

// CBOR: unlike JSON it has infinities.
std::string to_bytes(const Verification& verification) {
  nlohmann::json outputs = nlohmann::json::array();
  for (const OutputDifference& output : verification.outputs)
    outputs.push_back(
        {output.name, output.max_absolute, output.max_relative, output.equal, output.remark});
  const nlohmann::json all = {static_cast<int>(verification.outcome),
                              verification.reason,
                              verification.runtime,
                              verification.cases,
                              outputs,
                              verification.tolerance,
                              static_cast<int>(verification.cause)};
  std::string bytes;
  nlohmann::json::to_cbor(all, bytes);
  return bytes;
}

Verification verification_from(const std::string& bytes) {
  const nlohmann::json all = nlohmann::json::from_cbor(bytes);
  Verification verification;
  verification.outcome = static_cast<Verification::Outcome>(all[0].get<int>());
  verification.reason = all[1];
  verification.runtime = all[2];
  verification.cases = all[3].get<std::vector<std::string>>();
  for (const nlohmann::json& output : all[4])
    verification.outputs.push_back({output[0], output[1], output[2], output[3], output[4]});
  verification.tolerance = all[5];
  verification.cause = static_cast<Code>(all[6].get<int>());
  return verification;
}

}  // namespace ortopt
