#include "ortopt/ir/tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ir/element.h"
#include "ortopt/base/internal_error.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

std::vector<double> numbers_of(const Tensor& tensor) {
  Result<std::vector<double>> numbers = tensor.numbers();
  return numbers ? *numbers : std::vector<double>{};
}

TEST(Tensor, NumbersSurviveEveryNumericType) {
  const std::vector<double> numbers = {0, 1, 2, 100};
  for (const DataType type :
       {DataType::float32, DataType::uint8, DataType::int8, DataType::uint16, DataType::int16,
        DataType::int32, DataType::int64, DataType::float16, DataType::float64, DataType::uint32,
        DataType::uint64, DataType::bfloat16})
    EXPECT_EQ(numbers_of(Tensor::of(type, {2, 2}, numbers)), numbers) << name_of(type);
}

TEST(Tensor, BoolsAreZeroOrOne) {
  EXPECT_EQ(numbers_of(Tensor::of(DataType::boolean, {3}, std::vector<double>{0, 1, 7})),
            (std::vector<double>{0, 1, 1}));
}

TEST(Tensor, FourBitElementsAreUnpackedLowHalfFirst) {
  const auto bytes = std::make_shared<const std::vector<std::byte>>(
      std::vector<std::byte>{std::byte{0xf1}, std::byte{0x08}});
  EXPECT_EQ(numbers_of(Tensor(DataType::int4, {3}, bytes)), (std::vector<double>{1, -1, -8}));
  EXPECT_EQ(numbers_of(Tensor(DataType::uint4, {3}, bytes)), (std::vector<double>{1, 15, 8}));
}

TEST(Tensor, Int64sKeepNumbersThatDoublesCannotHold) {
  const std::vector<int64_t> numbers = {std::numeric_limits<int64_t>::max(), -1};
  Result<std::vector<int64_t>> found = Tensor::of_int64s(numbers).int64s();
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, numbers);
}

TEST(Tensor, Int64sRefuseFloats) {
  EXPECT_FALSE(Tensor::scalar(DataType::float32, 1).int64s().has_value());
}

TEST(Tensor, SplatSeesEqualNumbersAtAnyRank) {
  EXPECT_EQ(Tensor::scalar(DataType::float16, 0.5).splat(), 0.5);
  EXPECT_EQ(Tensor::of(DataType::float32, {1, 2}, std::vector<double>{3, 3}).splat(), 3.0);
  EXPECT_FALSE(Tensor::of(DataType::float32, {2}, std::vector<double>{3, 4}).splat());
  EXPECT_FALSE(Tensor::of(DataType::float32, {0}, {}).splat()) << "nothing is equal to nothing";
}

TEST(Tensor, ReshapingKeepsTheContent) {
  const Tensor tensor = Tensor::of(DataType::int32, {6}, std::vector<double>{1, 2, 3, 4, 5, 6});
  EXPECT_EQ(numbers_of(tensor.reshaped({2, 3})), numbers_of(tensor));
  EXPECT_THROW(static_cast<void>(tensor.reshaped({5})), InternalError);
}

TEST(Tensor, ContentOfTheWrongSizeIsABugOfOurs) {
  EXPECT_THROW(Tensor(DataType::float32, {2}, std::make_shared<const std::vector<std::byte>>(7)),
               InternalError);
}

TEST(Tensor, EqualContentHasEqualKeysAndOtherDimensionsDoNot) {
  const Tensor one = Tensor::of(DataType::int32, {2}, std::vector<double>{1, 2});
  EXPECT_EQ(content_key(one),
            content_key(Tensor::of(DataType::int32, {2}, std::vector<double>{1, 2})));
  EXPECT_NE(content_key(one), content_key(one.reshaped({1, 2})));
}

TEST(ElementConversion, RoundsADoubleToAHalfFloatOnce) {
  // Just above the middle of two half floats: rounding through float would land on the tie and
  // choose the lower, even one.
  const double above_tie = 1.0 + std::ldexp(1.0, -11) + std::ldexp(1.0, -40);
  EXPECT_EQ(static_cast<float>(convert_element<Eigen::half>(above_tie)),
            1.0F + std::ldexp(1.0F, -10));
  EXPECT_EQ(static_cast<float>(convert_element<Eigen::half>(1.0 + std::ldexp(1.0, -11))), 1.0F);
}

TEST(ElementConversion, SaturatesIntegersInsteadOfOverflowing) {
  EXPECT_EQ(convert_element<int32_t>(1e30), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(convert_element<int64_t>(-1e30F), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(convert_element<uint8_t>(std::nan("")), 0);
}

}  // namespace
}  // namespace ortopt
