#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "optimise/mixed_groups.h"
#include "optimise/mixed_search.h"
#include "ortopt/compare/calibration.h"

namespace ortopt {

/// Measures what becomes of a model's outputs when some of its operators compute in float32 and the
/// others in float16.
class MixedTrials {
 public:
  using Nodes = std::vector<std::size_t>;  ///< In Gauges::nodes.

  /// Models to try are written to `folder`.
  MixedTrials(const OptimiseRequest& request, const std::filesystem::path& folder, Logger& logger);

  /// Optimises `source` and measures how large its numbers become; what float16 does not hold is
  /// kept in float32 from then on.
  [[nodiscard]] Result<void> prepare(const std::filesystem::path& source,
                                     const std::filesystem::path& runtime);
  /// Runs the model with these nodes, and those that are out of range, in float32. Whether that is
  /// within the tolerance.
  [[nodiscard]] Result<bool> try_mix(const Nodes& nodes, std::string what);
  /// Looks where the difference comes in: groups of operators, those first that introduce most.
  [[nodiscard]] Result<std::vector<MixedGroup>> rank();
  /// Whether there may be one more trial.
  [[nodiscard]] bool may_run() const;
  /// What is known by now, with these nodes in float32.
  [[nodiscard]] MixedChoice choice_with(const Nodes& nodes) const;

 private:
  Result<void> write_full(const std::filesystem::path& source);
  Result<void> calibrate(const std::filesystem::path& runtime);
  void keep_what_is_out_of_range();
  [[nodiscard]] double largest(const Gauge& gauge) const;
  [[nodiscard]] Result<void> write_candidate(const Nodes& nodes) const;
  [[nodiscard]] std::map<std::string, MeasuredNeed> needs_with(const Nodes& nodes) const;
  [[nodiscard]] std::vector<std::string> values_to_look_at() const;
  void tell(const std::string& doing) const;

  const OptimiseRequest& request_;
  std::filesystem::path full_;
  std::filesystem::path gauged_;
  std::filesystem::path candidate_;
  Logger& logger_;
  Rounding rounding_;
  Layers layers_;
  Gauges gauges_;
  std::optional<Calibration> calibration_;
  Nodes open_;                                 ///< Nodes within the range.
  std::map<std::string, double> differences_;  ///< Of values.
  MixedChoice choice_;                         ///< Of what is out of range alone.
};

}  // namespace ortopt
