#pragma once

#include <string>
#include <vector>

#include "ortopt/profile/profile.h"

namespace ortopt {

/// What something takes in two profiles, in ms of one run; 0 where it does not occur.
struct TimeChange {
  std::string name;
  int layer = 0;
  double before = 0;
  double after = 0;
  double calls_before = 0;
  double calls_after = 0;

  [[nodiscard]] double difference() const { return after - before; }
};

/// Two profiles side by side.
struct ProfileDifference {
  std::vector<TimeChange> parts;  ///< Of the wall time; they add up to `wall`.
  TimeChange wall;
  std::vector<TimeChange> layers;     ///< From input to output.
  std::vector<TimeChange> operators;  ///< The greatest change first.
  std::vector<std::string> remarks;
};

/// Layers are aligned by their number, operators by their name.
[[nodiscard]] ProfileDifference compare_profiles(const Profile& before, const Profile& after);

}  // namespace ortopt
