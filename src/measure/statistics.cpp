#include "ortopt/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/random.h"
#include "measure/student.h"
#include "ortopt/base/error.h"

namespace ortopt {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::ranges::sort(copy);
  return copy;
}

double squared_deviations(std::span<const double> values, double centre) {
  return std::accumulate(values.begin(), values.end(), 0.0, [&](double sum, double value) {
    return sum + (value - centre) * (value - centre);
  });
}

}  // namespace

double percentile(std::span<const double> sorted, double percent) {
  ensure(!sorted.empty(), "a percentile of no numbers");
  const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  const auto middle = copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 2);
  std::ranges::nth_element(copy, middle);
  if (copy.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(copy.begin(), middle)) / 2;
}

double trimmed_mean(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  const std::size_t cut = copy.size() / 5;
  const auto first = copy.begin() + static_cast<std::ptrdiff_t>(cut);
  const auto last = copy.end() - static_cast<std::ptrdiff_t>(cut);
  std::ranges::nth_element(copy, first);
  if (first != last) std::nth_element(first, last - 1, copy.end());
  return mean({first, last});
}

Summary summarise(std::span<const double> values) {
  Summary summary;
  if (values.empty()) return summary;
  const std::vector<double> ascending = sorted(values);
  summary.count = ascending.size();
  summary.mean = mean(ascending);
  if (summary.count > 1)
    summary.deviation = std::sqrt(squared_deviations(ascending, summary.mean) /
                                  static_cast<double>(summary.count - 1));
  summary.least = ascending.front();
  summary.greatest = ascending.back();
  summary.p50 = percentile(ascending, 50);
  summary.p75 = percentile(ascending, 75);
  summary.p90 = percentile(ascending, 90);
  summary.p95 = percentile(ascending, 95);
  summary.p99 = percentile(ascending, 99);
  return summary;
}

Interval bootstrap(const Blocks& blocks, Statistic statistic, const BootstrapOptions& options) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (blocks.size() < 2) return {-infinity, infinity};
  std::vector<double> all;
  for (const std::vector<double>& block : blocks) all.insert(all.end(), block.begin(), block.end());
  const double estimate = statistic(all);

  Random random(options.seed, "bootstrap");
  std::vector<double> drawn;
  std::vector<double> estimates(options.resamples);
  for (double& resampled : estimates) {
    drawn.clear();
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto which = random.between(0, static_cast<int64_t>(blocks.size()) - 1);
      const std::vector<double>& block = blocks[static_cast<std::size_t>(which)];
      drawn.insert(drawn.end(), block.begin(), block.end());
    }
    resampled = statistic(drawn);
  }
  std::ranges::sort(estimates);
  const double tail = (1 - options.confidence) / 2;
  const double wider = widening(blocks.size(), tail);
  const auto moved = [&](double end) {
    if (options.scale == Scale::ratios) return estimate * std::pow(end / estimate, wider);
    return estimate + wider * (end - estimate);
  };
  return {moved(percentile(estimates, 100 * tail)), moved(percentile(estimates, 100 * (1 - tail)))};
}

Blocks cut_into_blocks(std::span<const double> series, std::size_t length) {
  Blocks blocks;
  for (std::size_t start = 0; start < series.size(); start += length) {
    const auto part = series.subspan(start, std::min(length, series.size() - start));
    blocks.emplace_back(part.begin(), part.end());
  }
  return blocks;
}

}  // namespace ortopt
