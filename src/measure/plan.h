#pragma once

#include <cstddef>
#include <vector>

#include "ortopt/measure/runner.h"

namespace ortopt {

/// How a subject runs in one burst.
struct Pace {
  double typical_seconds = 0;
  std::size_t settle = 0;  ///< Runs until caches hold what it needs, after another one has run.
  std::size_t count = 0;
};

/// Bursts are long against the clock and short against what disturbs the machine. What runs for long
/// does not notice what ran before it.
[[nodiscard]] Pace find_pace(double typical_seconds, std::size_t subjects);

/// Fewer rounds show too little of how much processes differ, fewer turns nothing at all.
constexpr std::size_t enough_rounds = 6;
constexpr std::size_t least_turns = 8;

/// How many rounds and turns to make.
struct Plan {
  std::size_t rounds = 1;
  std::size_t turns_of_each_round = 1;
  std::size_t turns_in_all = 0;  ///< When the number of runs is given; 0 otherwise.
  std::size_t runs = 0;          ///< The same.

  [[nodiscard]] std::size_t turns() const;
  [[nodiscard]] std::size_t turns_of_round(std::size_t round) const;
  /// Bursts are counted over all rounds, two to a turn.
  [[nodiscard]] std::size_t runs_of_burst(std::size_t burst, const Pace& pace) const;
};

/// `opening_seconds` is what opening and warming up all subjects took.
[[nodiscard]] Plan make_plan(const Schedule& schedule, const std::vector<Pace>& paces,
                             double opening_seconds);

}  // namespace ortopt
