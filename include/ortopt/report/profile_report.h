#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ortopt/measure/speed_comparison.h"
#include "ortopt/profile/difference.h"
#include "ortopt/profile/hints.h"
#include "ortopt/profile/profile.h"
#include "ortopt/profile/recording.h"
#include "ortopt/profile/timeline.h"
#include "ortopt/report/html_page.h"

namespace ortopt {

/// Everything there is to tell about one profile (docs/ort-profile.md has the schema of its JSON).
struct ProfileReport {
  static constexpr int schema_version = 1;

  std::string subject;                 ///< The model, or the profile that was read.
  std::string command;                 ///< As given.
  std::optional<Recording> recording;  ///< When the model was run.
  Profile profile;
  std::vector<NodeTime> fallbacks;
  std::vector<Hint> hints;
  double threshold = 0.01;  ///< Nodes with a smaller share are left out of tables for people.

  /// How much longer a run takes under the profiler (0.1: a tenth), by medians; 0 when unknown.
  [[nodiscard]] double profiling_cost() const;
};

/// Two reports and how they differ.
struct ProfileDifferenceReport {
  ProfileReport before;
  ProfileReport after;
  ProfileDifference difference;
  /// Without profiling, in turns; nothing when profiles were read.
  std::optional<SpeedComparison> latencies = {};
};

/// For a terminal.
[[nodiscard]] std::string to_table(const ProfileReport& report);
[[nodiscard]] std::string to_table(const ProfileDifferenceReport& report);
/// Indented, with `schema_version`.
[[nodiscard]] std::string to_json(const ProfileReport& report);
[[nodiscard]] std::string to_json(const ProfileDifferenceReport& report);
/// One line a node; of a difference, one line a layer and an operator.
[[nodiscard]] std::string to_csv(const ProfileReport& report);
[[nodiscard]] std::string to_csv(const ProfileDifferenceReport& report);
/// A page with plots and a flame chart of `run`.
[[nodiscard]] std::string to_html(const ProfileReport& report, const Timeline& run);
[[nodiscard]] std::string to_html(const ProfileDifferenceReport& report, const Timeline& before,
                                  const Timeline& after);
/// For chrome://tracing and Perfetto: runs with their layers and nodes.
[[nodiscard]] std::string to_chrome_trace(const Timelines& runs, const std::string& title);

}  // namespace ortopt
