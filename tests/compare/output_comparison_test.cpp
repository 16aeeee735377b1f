#include "compare/output_comparison.h"

#include <gmock/gmock.h>

#include <limits>

namespace ortopt {
namespace {

using ::testing::HasSubstr;

constexpr double infinity = std::numeric_limits<double>::infinity();

Tensor floats(std::vector<int64_t> dims, const std::vector<double>& numbers) {
  return Tensor::of(DataType::float32, std::move(dims), numbers);
}

OutputDifference compared(const Tensor& expected, const Tensor& found,
                          const InputCase& inputs = {}) {
  OutputDifference difference;
  compare_output(expected, found, inputs, 1e-3, difference);
  return difference;
}

TEST(OutputComparison, LargeNumbersAreComparedByTheirRatio) {
  const OutputDifference difference =
      compared(floats({2}, {1000, 0.5}), floats({2}, {1000.5, 0.5}));
  EXPECT_TRUE(difference.equal);
  EXPECT_NEAR(difference.max_absolute, 0.5, 1e-6);
  EXPECT_NEAR(difference.max_relative, 5e-4, 1e-9);
}

TEST(OutputComparison, InfinitiesMustBeTheSame) {
  EXPECT_TRUE(compared(floats({1}, {-infinity}), floats({1}, {-infinity})).equal);
  EXPECT_FALSE(compared(floats({1}, {-infinity}), floats({1}, {-3.4e38})).equal);
  EXPECT_FALSE(compared(floats({1}, {3.4e38}), floats({1}, {infinity})).equal);
}

TEST(OutputComparison, ShapesAndTypesMustBeTheSame) {
  EXPECT_EQ(compared(floats({2, 1}, {1, 2}), floats({1, 2}, {1, 2})).remark,
            "shapes differ: [2, 1] and [1, 2]");
  EXPECT_THAT(compared(floats({1}, {1}), Tensor::of(DataType::int64, {1}, std::vector{1.0})).remark,
              HasSubstr("types differ"));
}

TEST(OutputComparison, StringsAreComparedWhole) {
  const auto words = [](std::string word) {
    return Tensor(DataType::string, {1},
                  std::make_shared<const std::vector<std::string>>(1, std::move(word)));
  };
  EXPECT_TRUE(compared(words("a"), words("a")).equal);
  EXPECT_FALSE(compared(words("a"), words("b")).equal);
}

TEST(ToleranceFor, IsTheTypesOwn) {
  const double usual = 2e-4;
  EXPECT_EQ(tolerance_for(DataType::float32, DataType::float32, usual), usual);
  EXPECT_GT(tolerance_for(DataType::float32, DataType::float16, usual), usual);
  EXPECT_GT(tolerance_for(DataType::bfloat16, DataType::float32, usual),
            tolerance_for(DataType::float16, DataType::float32, usual));
  EXPECT_EQ(tolerance_for(DataType::int64, DataType::float16, usual), 0);
}

/// Three rows; with padding on the left the second and third begin with three padded places.
InputCase left_padded() {
  return {.sizes = {.batch = 3, .sequence = 5, .past = 2, .total = 7}, .padding = Padding::left};
}

TEST(UndefinedElements, AreThePaddedPlacesOfPaddedRows) {
  const UndefinedElements undefined(left_padded(), {3, 5, 2});
  EXPECT_FALSE(undefined.contains(0));  // The first row is whole.
  EXPECT_TRUE(undefined.contains(10));  // Second row, place 2 of 7: padding.
  EXPECT_TRUE(undefined.contains(11));
  EXPECT_FALSE(undefined.contains(12));  // Place 3.
}

TEST(UndefinedElements, CountPlacesOfThePastToo) {
  const UndefinedElements undefined(left_padded(), {2, 3, 7, 1});
  EXPECT_FALSE(undefined.contains(6));
  EXPECT_TRUE(undefined.contains(7 + 2));
  EXPECT_FALSE(undefined.contains(7 + 3));
  EXPECT_TRUE(undefined.contains(21 + 7 + 2));
}

TEST(UndefinedElements, AreFoundWhereBatchAndSequenceAreOneDimension) {
  const UndefinedElements undefined(left_padded(), {15, 2});
  EXPECT_FALSE(undefined.contains(0));
  EXPECT_TRUE(undefined.contains(10));
  EXPECT_FALSE(undefined.contains(12));
}

TEST(UndefinedElements, AreNoneWithoutPaddingOnTheLeft) {
  InputCase inputs = left_padded();
  inputs.padding = Padding::right;
  EXPECT_FALSE(UndefinedElements(inputs, {3, 5, 2}).contains(10));
  EXPECT_FALSE(UndefinedElements(left_padded(), {3, 8}).contains(9));
}

}  // namespace
}  // namespace ortopt
