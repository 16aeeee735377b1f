#include "ortopt/measure/measurement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "measure/blocks.h"

namespace ortopt {
namespace {

Blocks by_round(const Measurement& measurement) {
  Blocks blocks;
  for (const Round& round : measurement.rounds) {
    std::vector<double> block;
    for (const std::vector<Timing>& burst : round.bursts)
      for (const Timing& run : burst) block.push_back(run.seconds);
    if (!block.empty()) blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace

std::vector<double> latencies(const Measurement& measurement) {
  return joined(by_round(measurement));
}

std::vector<double> creation_times(const Measurement& measurement) {
  std::vector<double> times;
  for (const Round& round : measurement.rounds) times.push_back(round.opening.creation_seconds);
  return times;
}

std::vector<double> first_run_times(const Measurement& measurement) {
  std::vector<double> times;
  for (const Round& round : measurement.rounds) times.push_back(round.opening.first_run_seconds);
  return times;
}

double waiting_share(const Measurement& measurement) {
  double seconds = 0;
  double waiting = 0;
  for (const Round& round : measurement.rounds)
    for (const std::vector<Timing>& burst : round.bursts)
      for (const Timing& run : burst) {
        seconds += run.seconds;
        waiting += run.waiting;
      }
  return seconds > 0 ? waiting / seconds : 0;
}

Interval latency_interval(const Measurement& measurement, Statistic statistic,
                          BootstrapOptions options) {
  options.scale = Scale::ratios;
  return bootstrap(independent_blocks(by_round(measurement)), statistic, options);
}

std::vector<std::string> doubts(const Measurement& measurement) {
  std::vector<std::string> found;
  const auto unstable = std::ranges::count(measurement.rounds, false, &Round::stable);
  if (unstable > 0)
    found.push_back(fmt::format("{} of {} warm-ups did not become stable", unstable,
                                measurement.rounds.size()));
  constexpr double noteworthy = 0.05;
  if (const double share = waiting_share(measurement); share > noteworthy)
    found.push_back(
        fmt::format("{:.0f} % of the time the runs stood in line for a processor: the "
                    "machine is busy with something else",
                    100 * share));
  const std::vector<double> all = latencies(measurement);
  constexpr std::size_t enough = 12;
  if (all.size() < enough) return found;
  const std::size_t third = all.size() / 3;
  const double drift = median(std::span(all).last(third)) / median(std::span(all).first(third)) - 1;
  if (std::abs(drift) > noteworthy)
    found.push_back(fmt::format("the last third of the runs was {:.0f} % {} than the first",
                                100 * std::abs(drift), drift > 0 ? "slower" : "faster"));
  const double typical = median(all);
  const auto late =
      std::ranges::count_if(all, [&](double seconds) { return seconds > 2 * typical; });
  const double share = static_cast<double>(late) / static_cast<double>(all.size());
  if (share > noteworthy)
    found.push_back(
        fmt::format("{:.0f} % of the runs took more than twice as long as usual", 100 * share));
  return found;
}

}  // namespace ortopt
