#include <algorithm>
#include <cmath>
#include <numeric>

#include "ortopt/measure/statistics.h"

namespace ortopt {
namespace {

/// Of a series at some lag, divided by the whole count.
double covariance(std::span<const double> series, double centre, std::size_t lag) {
  double sum = 0;
  for (std::size_t i = lag; i < series.size(); ++i)
    sum += (series[i] - centre) * (series[i - lag] - centre);
  return sum / static_cast<double>(series.size());
}

/// The last lag before correlations are lost in noise: before several in a row are small.
std::size_t last_loud_lag(std::span<const double> series, double centre, double variance) {
  const auto count = static_cast<double>(series.size());
  const double bound = 2 * std::sqrt(std::log10(count) / count) * variance;
  constexpr std::size_t in_a_row = 5;
  std::size_t loud = 0;
  for (std::size_t lag = 1; lag < series.size() / 2 && lag <= loud + in_a_row; ++lag)
    if (std::abs(covariance(series, centre, lag)) >= bound) loud = lag;
  return loud;
}

}  // namespace

std::size_t find_block_length(std::span<const double> series) {
  const std::size_t longest = std::max<std::size_t>(1, series.size() / 6);
  if (longest == 1) return 1;
  const double centre = mean(series);
  const double variance = covariance(series, centre, 0);
  if (variance == 0) return 1;
  const std::size_t loud = last_loud_lag(series, centre, variance);
  if (loud == 0) return 1;
  double slope = 0;
  double long_run = variance;
  for (std::size_t lag = 1; lag < 2 * loud; ++lag) {
    const auto place = static_cast<double>(lag);
    // Flat, then falling to 0 at twice the last lag that matters.
    const double window = std::min(1.0, 2 - place / static_cast<double>(loud));
    const double both_sides = 2 * window * covariance(series, centre, lag);
    slope += place * both_sides;
    long_run += both_sides;
  }
  if (long_run <= 0) return longest;
  const double ratio = slope / long_run;
  const double best = std::cbrt(1.5 * ratio * ratio * static_cast<double>(series.size()));
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(best)), 1, longest);
}

}  // namespace ortopt
