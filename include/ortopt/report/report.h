#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ortopt/engine/verification.h"
#include "ortopt/pass/facts.h"

namespace ortopt {

/// Operators by name ("com.microsoft.Attention") with their counts, nested graphs included.
using OperatorCounts = std::map<std::string, std::size_t>;

/// Everything there is to tell about one run of ort-opt; table and JSON are two renderings of it
/// (docs/report.md has the schema).
struct Report {
  static constexpr int schema_version = 1;

  std::string tool_version;
  std::string input;
  std::string output;
  std::vector<std::string> flags;  ///< As given, without paths.
  std::string fingerprint;
  std::string target;
  uint64_t input_bytes = 0;
  uint64_t output_bytes = 0;
  std::size_t nodes_before = 0;
  std::size_t nodes_after = 0;
  OperatorCounts operators_before;
  OperatorCounts operators_after;
  std::vector<std::string> notes;  ///< What loading mended.
  Facts facts;
  Verification verification;
  std::vector<std::string> taken_back;  ///< Passes left out because the result differed with them.
  double seconds = 0;                   ///< Without verification.
};

/// One screen for people: what was fused, what was not and why, assumptions, sizes, time.
[[nodiscard]] std::string to_table(const Report& report);
/// The table of --explain: every anchor with its reason.
[[nodiscard]] std::string to_explanation(const Report& report);
/// JSON, indented, with `schema_version`.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace ortopt
