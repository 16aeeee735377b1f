#include "profile/middle_runs.h"

#include <algorithm>
#include <numeric>

namespace ortopt {
namespace {

constexpr std::size_t fewest_middle_runs = 10;

/// The part of a run that it stood in line for a processor.
double waiting_share(const Timing& timing) {
  return timing.seconds > 0 ? timing.waiting / timing.seconds : 0;
}

/// The runs that did not stand in line; where those are few, the ones that did so least.
std::vector<std::size_t> find_undisturbed(std::size_t count, std::vector<Timing> timings) {
  timings.resize(count);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return waiting_share(timings[a]) < waiting_share(timings[b]);
  });
  const auto quiet = static_cast<std::size_t>(
      std::count_if(timings.begin(), timings.end(),
                    [](const Timing& timing) { return waiting_share(timing) < 0.01; }));
  order.resize(std::min(count, std::max(quiet, fewest_middle_runs)));
  return order;
}

}  // namespace

std::vector<std::size_t> find_middle_runs(const std::vector<double>& walls,
                                          const std::vector<Timing>& timings) {
  std::vector<std::size_t> order = find_undisturbed(walls.size(), timings);
  const std::size_t count = std::max(walls.size() / 5, fewest_middle_runs);
  if (order.size() <= count) return order;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return walls[a] < walls[b]; });
  const auto first = order.begin() + static_cast<std::ptrdiff_t>((order.size() - count) / 2);
  order = {first, first + static_cast<std::ptrdiff_t>(count)};
  std::sort(order.begin(), order.end());
  return order;
}

std::size_t find_typical_run(const std::vector<double>& walls, std::vector<std::size_t> runs) {
  const auto median = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
  std::nth_element(runs.begin(), median, runs.end(),
                   [&](std::size_t a, std::size_t b) { return walls[a] < walls[b]; });
  return *median;
}

}  // namespace ortopt
