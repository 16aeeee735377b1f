#pragma once

#include <string>
#include <vector>

#include "ortopt/report/grid.h"
#include "ortopt/report/profile_report.h"

namespace ortopt::profile_grids {

/// In milliseconds, without the time in line for a processor.
[[nodiscard]] std::vector<double> own_times(const std::vector<Timing>& timings);
/// "4.53", "0.012": three digits that count, of milliseconds.
[[nodiscard]] std::string format_ms(double milliseconds);
/// "41.7 %".
[[nodiscard]] std::string format_share(double share);

/// Where the wall time goes; the parts make up the last line.
[[nodiscard]] Grid parts(const Profile& profile);
[[nodiscard]] Grid layers(const Profile& profile);
[[nodiscard]] Grid operators(const Profile& profile);
[[nodiscard]] Grid providers(const Profile& profile);
[[nodiscard]] Grid devices(const Profile& profile);
/// Nodes with a share of at least `threshold`, most expensive first.
[[nodiscard]] Grid top_nodes(const Profile& profile, double threshold);
/// All nodes in the order of execution, in plain numbers.
[[nodiscard]] Grid all_nodes(const Profile& profile);
[[nodiscard]] Grid fallbacks(const std::vector<NodeTime>& nodes, const Profile& profile);

[[nodiscard]] Grid changes(const std::vector<TimeChange>& list, const std::string& title,
                           const TimeChange& wall);
[[nodiscard]] Grid parts(const ProfileDifference& difference);

/// What was run and how: label and value.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> facts(const ProfileReport& report);
/// Remarks of recording and profile.
[[nodiscard]] std::vector<std::string> remarks(const ProfileReport& report);
/// The latencies without profiling, and what to think of them where the profiles disagree.
[[nodiscard]] std::vector<std::string> verdict(const ProfileDifferenceReport& report);

}  // namespace ortopt::profile_grids
