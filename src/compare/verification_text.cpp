#include "compare/verification_text.h"

#include "compare/difference_json.h"

namespace ortopt {

// CBOR: unlike JSON it has infinities.
std::string to_bytes(const Verification& verification) {
  nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
  for (const Difference& output : verification.outputs) outputs.push_back(json_of(output));
  const nlohmann::ordered_json all = {static_cast<int>(verification.outcome),
                                      verification.reason,
                                      verification.runtime,
                                      verification.cases,
                                      std::move(outputs),
                                      verification.tolerance,
                                      static_cast<int>(verification.cause),
                                      verification.unsteadiness};
  std::string bytes;
  nlohmann::ordered_json::to_cbor(all, bytes);
  return bytes;
}

Verification verification_from(const std::string& bytes) {
  const auto all = nlohmann::ordered_json::from_cbor(bytes);
  Verification verification;
  verification.outcome = static_cast<Verification::Outcome>(all[0].get<int>());
  verification.reason = all[1];
  verification.runtime = all[2];
  verification.cases = all[3].get<std::vector<std::string>>();
  for (const auto& output : all[4]) verification.outputs.push_back(difference_from(output));
  verification.tolerance = all[5];
  verification.cause = static_cast<Code>(all[6].get<int>());
  verification.unsteadiness = all[7];
  return verification;
}

}  // namespace ortopt
