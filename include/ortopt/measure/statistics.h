#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ortopt {

/// What there is to say about a set of latencies, or of any numbers.
struct Summary {
  std::size_t count = 0;
  double mean = 0;
  double deviation = 0;  ///< Of the sample (n − 1); 0 for a single number.
  double least = 0;
  double greatest = 0;
  double p50 = 0;
  double p75 = 0;
  double p90 = 0;
  double p95 = 0;
  double p99 = 0;
};

/// All zero for no numbers at all.
[[nodiscard]] Summary summarise(std::span<const double> values);

/// Between the neighbours linearly, as numpy.percentile does; `sorted` is ascending and not empty,
/// `percent` in 0 … 100.
[[nodiscard]] double percentile(std::span<const double> sorted, double percent);

[[nodiscard]] double mean(std::span<const double> values);
[[nodiscard]] double median(std::span<const double> values);
/// The mean of what is left when a fifth is taken off at either end: as good as the mean where noise
/// is tame, and not carried away where it is not.
[[nodiscard]] double trimmed_mean(std::span<const double> values);

/// A range that holds the true value with the confidence that was asked for.
struct Interval {
  double low = 0;
  double high = 0;

  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
  [[nodiscard]] double half_width() const { return (high - low) / 2; }
};

/// Numbers that belong together: what was measured in a row, in one process.
using Blocks = std::vector<std::vector<double>>;

/// One number that stands for many.
using Statistic = double (*)(std::span<const double>);

/// Whether what is left and right of an estimate is measured by differences or by ratios: what is
/// never negative calls for ratios.
enum class Scale { differences, ratios };

struct BootstrapOptions {
  double confidence = 0.995;
  std::size_t resamples = 2000;
  uint64_t seed = 1;
  Scale scale = Scale::differences;
};

/// The interval of `statistic`, by drawing whole blocks with replacement: numbers of one block may
/// depend on each other in any way, blocks must not. The percentiles of few blocks fall too near to
/// each other; they are moved apart as Student's t is wider than the normal (T. Hesterberg, "What
/// Teachers Should Know About the Bootstrap", 2015). The same for the same arguments on every
/// machine. From a single block nothing is known: −∞ … ∞.
[[nodiscard]] Interval bootstrap(const Blocks& blocks, Statistic statistic,
                                 const BootstrapOptions& options = {});

/// How long blocks of a stationary series must be for the bootstrap to see how its numbers hang
/// together (D. Politis, H. White, "Automatic Block-Length Selection for the Dependent Bootstrap",
/// 2004, with the correction of 2009; the rule for circular blocks). 1 for independent numbers, never
/// more than a sixth of the series.
[[nodiscard]] std::size_t find_block_length(std::span<const double> series);

/// The series cut into blocks of that length.
[[nodiscard]] Blocks cut_into_blocks(std::span<const double> series, std::size_t length);

}  // namespace ortopt
