#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/base/error.h"
#include "ortopt/compare/verification.h"
#include "ortopt/pass/facts.h"
#include "ortopt/report/operators.h"

namespace ortopt {

/// Everything there is to tell about one run of ort-opt; table and JSON are two renderings of it
/// (docs/report.md has the schema).
struct Report {
  static constexpr int schema_version = 1;

  std::string tool_version;
  std::string input;
  std::string output;              ///< Empty when nothing was written.
  std::vector<std::string> files;  ///< All that makes up the output: the model, its data.
  std::vector<std::string> flags;  ///< As given, without paths.
  std::string fingerprint;
  std::string target;
  uint64_t input_bytes = 0;   ///< With external data.
  uint64_t output_bytes = 0;  ///< With external data; 0 when nothing was written.
  std::size_t nodes_before = 0;
  std::size_t nodes_after = 0;
  OperatorCounts operators_before;
  OperatorCounts operators_after;
  std::vector<FusedOperator> fused;
  std::vector<std::string> notes;  ///< What loading mended.
  Facts facts;                     ///< Misses only of anchors that are in the result.
  Verification verification;
  std::vector<std::string> taken_back;  ///< Passes left out because the result differed with them.
  double seconds = 0;                   ///< Without verification.
  /// Why the run is no plain success: an unmet expectation, outputs that differ, a fusion that was
  /// taken back.
  std::optional<Error> problem;
};

/// One screen for people: what was fused, what was not and why, assumptions, sizes, time.
[[nodiscard]] std::string to_table(const Report& report);
/// The table of --explain: every anchor with its reason.
[[nodiscard]] std::string to_explanation(const Report& report);
/// JSON, indented, with `schema_version`.
[[nodiscard]] std::string to_json(const Report& report);
/// What to_explanation tells, as JSON.
[[nodiscard]] std::string to_explanation_json(const Report& report);

}  // namespace ortopt
