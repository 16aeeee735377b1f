#include "ortopt/measure/speed_comparison.h"

#include <algorithm>
#include <cmath>

#include "measure/blocks.h"

namespace ortopt {
namespace {

/// The median of the runs of a turn: a disturbance of some of them does not matter.
double typical_of_turn(const std::vector<std::vector<Timing>>& bursts, std::size_t turn,
                       double (*seconds)(const Timing&)) {
  std::vector<double> times;
  for (const std::size_t burst : {2 * turn, 2 * turn + 1})
    for (const Timing& run : bursts[burst]) times.push_back(seconds(run));
  return median(times);
}

double wall_seconds(const Timing& run) { return run.seconds; }

bool counts_waiting(const Measurement& measurement) {
  return std::ranges::all_of(measurement.rounds,
                             [](const Round& round) { return round.opening.counts_waiting; });
}

/// The logarithm of the ratio in each turn, by round.
Blocks effects(const Measurement& baseline, const Measurement& candidate) {
  const auto seconds =
      counts_waiting(baseline) && counts_waiting(candidate) ? own_seconds : wall_seconds;
  Blocks blocks;
  const std::size_t rounds = std::min(baseline.rounds.size(), candidate.rounds.size());
  for (std::size_t r = 0; r < rounds; ++r) {
    const auto& left = baseline.rounds[r].bursts;
    const auto& right = candidate.rounds[r].bursts;
    std::vector<double> block;
    for (std::size_t turn = 0; turn < std::min(left.size(), right.size()) / 2; ++turn)
      block.push_back(
          std::log(typical_of_turn(right, turn, seconds) / typical_of_turn(left, turn, seconds)));
    if (!block.empty()) blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace

double own_seconds(const Timing& run) {
  // The clocks are not read at the same moment.
  return std::max(run.seconds - run.waiting, run.seconds / 100);
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::faster:
      return "faster";
    case Verdict::slower:
      return "slower";
    case Verdict::no_difference:
      break;
  }
  return "no difference";
}

SpeedComparison compare_speed(const Measurement& baseline, const Measurement& candidate,
                              const SpeedComparisonOptions& options) {
  const Blocks blocks = independent_blocks(effects(baseline, candidate));
  SpeedComparison comparison;
  const std::vector<double> all = joined(blocks);
  const Interval logarithms = bootstrap(blocks, trimmed_mean, options.bootstrap);
  comparison.turns = all.size();
  comparison.ratio = all.empty() ? 1 : std::exp(trimmed_mean(all));
  comparison.interval = {std::exp(logarithms.low), std::exp(logarithms.high)};
  comparison.resolution = std::max(options.least_effect, comparison.interval.half_width());
  if (comparison.interval.contains(1)) return comparison;
  if (comparison.ratio < 1 - options.least_effect) comparison.verdict = Verdict::faster;
  if (comparison.ratio > 1 + options.least_effect) comparison.verdict = Verdict::slower;
  return comparison;
}

}  // namespace ortopt
