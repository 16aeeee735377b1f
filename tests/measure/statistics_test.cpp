#include "ortopt/measure/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/random.h"
#include "measure/student.h"

namespace ortopt {
namespace {

/// Numbers that hang together: each keeps `memory` of the one before.
std::vector<double> remembering_series(std::size_t count, double memory, uint64_t seed) {
  Random random(seed, "series");
  std::vector<double> series;
  double state = random.normal() / std::sqrt(1 - memory * memory);
  for (std::size_t i = 0; i < count; ++i) {
    series.push_back(state);
    state = memory * state + random.normal();
  }
  return series;
}

TEST(Statistics, PercentilesLieBetweenNeighboursAsNumpyHasThem) {
  const std::vector<double> sorted = {1, 2, 4, 8};
  EXPECT_DOUBLE_EQ(percentile(sorted, 0), 1);
  EXPECT_DOUBLE_EQ(percentile(sorted, 50), 3);
  EXPECT_DOUBLE_EQ(percentile(sorted, 75), 5);
  EXPECT_DOUBLE_EQ(percentile(sorted, 90), 6.8);
  EXPECT_DOUBLE_EQ(percentile(sorted, 100), 8);
}

TEST(Statistics, SummaryOfKnownNumbers) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  const Summary summary = summarise(values);
  EXPECT_EQ(summary.count, 8U);
  EXPECT_DOUBLE_EQ(summary.mean, 5);
  EXPECT_NEAR(summary.deviation, 2.138, 1e-3) << "of the sample, not of the population";
  EXPECT_DOUBLE_EQ(summary.least, 2);
  EXPECT_DOUBLE_EQ(summary.greatest, 9);
  EXPECT_DOUBLE_EQ(summary.p50, 4.5);
}

TEST(Statistics, SummaryOfOneNumberHasNoDeviationAndOfNoneIsZero) {
  const std::vector<double> one = {3};
  EXPECT_DOUBLE_EQ(summarise(one).deviation, 0);
  EXPECT_DOUBLE_EQ(summarise(one).p99, 3);
  EXPECT_EQ(summarise({}).count, 0U);
}

TEST(Statistics, MedianOfEvenAndOddCounts) {
  EXPECT_DOUBLE_EQ(median(std::vector<double>{5, 1, 3}), 3);
  EXPECT_DOUBLE_EQ(median(std::vector<double>{5, 1, 3, 4}), 3.5);
}

TEST(Statistics, TrimmedMeanLeavesOutliersOut) {
  EXPECT_DOUBLE_EQ(trimmed_mean(std::vector<double>{1000, 2, 3, 4, -1000}), 3);
  EXPECT_DOUBLE_EQ(trimmed_mean(std::vector<double>{1, 2}), 1.5) << "nothing to trim";
}

TEST(Statistics, QuantilesAreThoseOfTheTables) {
  EXPECT_NEAR(normal_quantile(0.025), 1.95996, 1e-5);
  EXPECT_NEAR(student_quantile(0.025, 10), 2.22814, 1e-5);
  EXPECT_NEAR(student_quantile(0.0025, 7), 4.02934, 1e-4);
  EXPECT_NEAR(student_quantile(0.0025, 100'000), normal_quantile(0.0025), 1e-3);
}

TEST(Bootstrap, IsTheSameForTheSameSeed) {
  const Blocks blocks = cut_into_blocks(remembering_series(50, 0, 1), 1);
  const Interval once = bootstrap(blocks, mean);
  const Interval again = bootstrap(blocks, mean);
  EXPECT_EQ(once.low, again.low);
  EXPECT_EQ(once.high, again.high);
}

TEST(Bootstrap, NothingIsKnownFromOneBlock) {
  EXPECT_EQ(bootstrap({{1, 2, 3}}, mean).low, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(bootstrap({}, mean).high, std::numeric_limits<double>::infinity());
}

/// In how many of 1000 series the interval at 95 % misses the true mean, 0.
int misses(std::size_t count, double memory, std::size_t block) {
  int missed = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const Blocks blocks = cut_into_blocks(remembering_series(count, memory, seed), block);
    const Interval interval =
        bootstrap(blocks, mean, {.confidence = 0.95, .resamples = 400, .seed = seed});
    if (!interval.contains(0)) ++missed;
  }
  return missed;
}

TEST(Bootstrap, CoversAsOftenAsItSaysEvenWithFewBlocks) {
  EXPECT_NEAR(misses(8, 0, 1), 50, 25);
  EXPECT_NEAR(misses(60, 0, 1), 50, 25);
}

TEST(Bootstrap, BlocksSeeHowNumbersHangTogether) {
  EXPECT_GT(misses(240, 0.8, 1), 300) << "single numbers are taken for independent";
  EXPECT_LT(misses(240, 0.8, 20), 100);
}

TEST(BlockLength, GrowsWithTheMemoryOfTheSeries) {
  EXPECT_LE(find_block_length(remembering_series(1000, 0, 5)), 4U);
  const std::size_t some = find_block_length(remembering_series(1000, 0.5, 5));
  const std::size_t much = find_block_length(remembering_series(1000, 0.9, 5));
  EXPECT_GT(some, 4U);
  EXPECT_GT(much, 2 * some);
}

TEST(BlockLength, OfConstantAndShortSeriesIsOne) {
  EXPECT_EQ(find_block_length(std::vector<double>(100, 1.0)), 1U);
  EXPECT_EQ(find_block_length(std::vector<double>{1, 2, 3}), 1U);
  EXPECT_EQ(find_block_length({}), 1U);
}

TEST(BlockLength, CutsAllOfTheSeries) {
  const Blocks blocks = cut_into_blocks(std::vector<double>{1, 2, 3, 4, 5}, 2);
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks.back(), std::vector<double>{5});
}

}  // namespace
}  // namespace ortopt
