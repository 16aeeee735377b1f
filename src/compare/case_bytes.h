#pragma once

#include <nlohmann/json.hpp>

#include "compare/cases.h"

namespace ortopt {

/// A case that was run, for the way from a child process to its parent (CBOR), and back. Fails with
/// `failure` for tensors of text.
[[nodiscard]] Result<nlohmann::ordered_json> json_of(const CaseRun& run);
[[nodiscard]] CaseRun case_run_from(const nlohmann::ordered_json& json);

}  // namespace ortopt
