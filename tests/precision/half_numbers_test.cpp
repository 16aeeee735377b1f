#include "precision/half_numbers.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "ortopt/ir/recipe.h"
#include "ortopt/precision/half_weights.h"

namespace ortopt {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

std::vector<uint16_t> halves_of(const std::vector<float>& numbers, const HalfRange& range = {},
                                DataType type = DataType::float16) {
  std::vector<uint16_t> halves(numbers.size());
  to_halves(numbers, halves, type, range);
  return halves;
}

TEST(HalfNumbers, AreRoundedToNearestEven) {
  // Between 1 and its neighbour 1 + 2^-10; between that and the next.
  EXPECT_EQ(halves_of({1.0F, 1.0F + 0x1p-11F, 1.0F + 0x1.8p-10F, -2.0F, 0.0F, -0.0F}),
            (std::vector<uint16_t>{0x3c00, 0x3c00, 0x3c02, 0xc000, 0x0000, 0x8000}));
}

TEST(HalfNumbers, WhatIsTooLargeBecomesTheLargest) {
  EXPECT_EQ(halves_of({65504.0F, 65505.0F, 1e30F, -1e30F, 3.4e38F}),
            (std::vector<uint16_t>{0x7bff, 0x7bff, 0x7bff, 0xfbff, 0x7bff}));
  EXPECT_EQ(halves_of({2000.0F, -2000.0F}, {.max_finite = 1000}),
            (std::vector<uint16_t>{0x63d0, 0xe3d0}));
}

TEST(HalfNumbers, WhatIsTooSmallBecomesTheSmallest) {
  EXPECT_EQ(halves_of({1e-9F, -1e-9F, 5.96e-8F, 1e-45F}),
            (std::vector<uint16_t>{0x0001, 0x8001, 0x0001, 0x0001}));
}

TEST(HalfNumbers, InfinitiesAndNotANumberStay) {
  const std::vector<uint16_t> halves =
      halves_of({infinity, -infinity, std::numeric_limits<float>::quiet_NaN()});
  EXPECT_EQ(halves[0], 0x7c00);
  EXPECT_EQ(halves[1], 0xfc00);
  EXPECT_EQ(halves[2] & 0x7c00, 0x7c00);
  EXPECT_NE(halves[2] & 0x03ff, 0);
}

TEST(HalfNumbers, BfloatsKeepTheRangeOfFloats) {
  const HalfRange all{.min_positive = 0, .max_finite = 0x1.fep127};
  EXPECT_EQ(halves_of({1.0F, 1e30F, 3.4028e38F, -3.4028e38F, 1e-30F}, all, DataType::bfloat16),
            (std::vector<uint16_t>{0x3f80, 0x714a, 0x7f7f, 0xff7f, 0x0da2}));
}

TEST(HalfNumbers, TheProcessorsConversionIsThePortableOne) {
  // Every 4099th bit pattern: all exponents, both signs, odd tails.
  std::vector<float> numbers;
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += 4099)
    if (const auto number = std::bit_cast<float>(static_cast<uint32_t>(bits)); !std::isnan(number))
      numbers.push_back(number);
  numbers.resize(numbers.size() / 8 * 8 + 3);
  std::vector<uint16_t> fast(numbers.size());
  std::vector<uint16_t> portable(numbers.size());
  const Clamped counted = to_halves(numbers, fast, DataType::float16, {});
  const Clamped expected = to_halves_portably(numbers, portable, DataType::float16, {});
  EXPECT_EQ(fast, portable);
  EXPECT_EQ(counted.too_large, expected.too_large);
  EXPECT_EQ(counted.too_small, expected.too_small);
  EXPECT_GT(counted.too_large, 0U);
}

TEST(HalfWeights, EachNumberIsCountedOnceHoweverItIsRead) {
  std::vector<double> numbers(100, 1.0);
  numbers[3] = 1e9;
  numbers[70] = -1e9;
  numbers[71] = 1e-12;
  const auto count = std::make_shared<ClampCount>();
  const Tensor half =
      as_half(Tensor::of(DataType::float32, {10, 10}, numbers), DataType::float16, {}, count);
  EXPECT_EQ(half.dims(), (std::vector<int64_t>{10, 10}));
  std::vector<std::byte> sample(6);
  ASSERT_TRUE(read_content(half, 141, sample));  // Out of order: not counted, not forgotten.
  ASSERT_TRUE(read_content(half, 0, sample));
  ASSERT_TRUE(half.bytes());
  ASSERT_TRUE(half.bytes());
  EXPECT_EQ(count->counted(), 100U);
  EXPECT_EQ(count->too_large(), 2U);
  EXPECT_EQ(count->too_small(), 1U);
}

TEST(HalfWeights, AnyPartOfTheBytesIsThePartOfTheWhole) {
  std::vector<double> numbers;
  for (int k = 0; k < 50; ++k) numbers.push_back(k * 0.37 - 5);
  const Tensor half = as_half(Tensor::of(DataType::float32, {50}, numbers), DataType::float16, {});
  const auto whole = half.bytes();
  ASSERT_TRUE(whole);
  ASSERT_EQ((*whole)->size(), 100U);
  for (std::size_t first = 0; first < 100; first += 7)
    for (std::size_t size = 1; first + size <= 100; size += 13) {
      std::vector<std::byte> part(size);
      ASSERT_TRUE(read_content(half, first, part));
      EXPECT_TRUE(std::equal(part.begin(), part.end(),
                             (*whole)->begin() + static_cast<std::ptrdiff_t>(first)))
          << first << "+" << size;
    }
}

}  // namespace
}  // namespace ortopt
