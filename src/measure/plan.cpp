#include "measure/plan.h"

#include <algorithm>
#include <cmath>

namespace ortopt {
namespace {

std::size_t times_in(double seconds, double one) {
  return static_cast<std::size_t>(std::ceil(seconds / std::max(one, 1e-7)));
}

/// The part of `whole` that falls to piece `index` of `pieces`: they differ by one at most.
std::size_t share(std::size_t whole, std::size_t pieces, std::size_t index) {
  return whole * (index + 1) / pieces - whole * index / pieces;
}

/// As many processes as fit when two thirds of the time go into opening them; but enough to see how
/// much they differ, unless opening takes for ever.
std::size_t fitting_rounds(const Schedule& schedule, double opening_seconds) {
  constexpr double most = 12;
  constexpr double enough = enough_rounds;
  constexpr double for_ever = 6;
  const double fitting = schedule.seconds / std::max(1.5 * opening_seconds, 1e-6);
  return static_cast<std::size_t>(
      std::clamp(fitting, opening_seconds < for_ever ? enough : 1, most));
}

}  // namespace

Pace find_pace(double typical_seconds, std::size_t subjects) {
  constexpr double long_run = 0.1;
  constexpr double burst_seconds = 0.03;
  constexpr double settle_seconds = 0.003;
  constexpr std::size_t most = 1000;
  Pace pace{.typical_seconds = typical_seconds};
  const bool is_long = typical_seconds > long_run;
  pace.count =
      std::clamp<std::size_t>(times_in(burst_seconds, typical_seconds), is_long ? 1 : 3, most);
  if (subjects > 1 && !is_long)
    pace.settle = std::clamp<std::size_t>(times_in(settle_seconds, typical_seconds), 1, most);
  return pace;
}

std::size_t Plan::turns() const {
  return turns_in_all > 0 ? turns_in_all : rounds * turns_of_each_round;
}

std::size_t Plan::turns_of_round(std::size_t round) const {
  return turns_in_all > 0 ? share(turns_in_all, rounds, round) : turns_of_each_round;
}

std::size_t Plan::runs_of_burst(std::size_t burst, const Pace& pace) const {
  return runs > 0 ? share(runs, 2 * turns_in_all, burst) : pace.count;
}

Plan make_plan(const Schedule& schedule, const std::vector<Pace>& paces, double opening_seconds) {
  Plan plan;
  if (schedule.runs > 0) {
    std::size_t shortest = schedule.runs;
    for (const Pace& pace : paces) shortest = std::min(shortest, pace.count);
    plan.runs = schedule.runs;
    plan.turns_in_all = std::max<std::size_t>(1, schedule.runs / (2 * shortest));
    constexpr std::size_t usual_rounds = 6;
    plan.rounds = std::min(schedule.rounds > 0 ? schedule.rounds : usual_rounds, plan.turns_in_all);
    return plan;
  }
  double turn_seconds = 0;
  for (const Pace& pace : paces)
    turn_seconds += 2 * static_cast<double>(pace.settle + pace.count) * pace.typical_seconds;
  plan.rounds = schedule.rounds > 0 ? schedule.rounds : fitting_rounds(schedule, opening_seconds);
  const auto rounds = static_cast<double>(plan.rounds);
  const double fitting_turns =
      (schedule.seconds / rounds - opening_seconds) / std::max(turn_seconds, 1e-6);
  plan.turns_of_each_round = static_cast<std::size_t>(
      std::ceil(std::max({1.0, fitting_turns, static_cast<double>(least_turns) / rounds})));
  return plan;
}

}  // namespace ortopt
