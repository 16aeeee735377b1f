#include "ortopt/compare/difference.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "compare/difference_json.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Tensor floats(std::vector<int64_t> dims, const std::vector<double>& numbers) {
  return Tensor::of(DataType::float32, std::move(dims), numbers);
}

Difference compared(const Tensor& expected, const Tensor& found, Tolerance tolerance) {
  DifferenceMeter meter("y", tolerance);
  meter.add("", expected, found);
  return meter.result();
}

Difference compared(const Tensor& expected, const Tensor& found) {
  return compared(expected, found, {.absolute = 1e-3, .relative = 1e-3});
}

TEST(Difference, LargeNumbersAreComparedByTheirRatio) {
  const Difference difference = compared(floats({2}, {1000, 0.5}), floats({2}, {1000.5, 0.5}));
  EXPECT_TRUE(difference.equal);
  EXPECT_NEAR(difference.max_absolute, 0.5, 1e-6);
  EXPECT_NEAR(difference.mean_absolute, 0.25, 1e-6);
  EXPECT_NEAR(difference.max_relative, 0.5 / 1000, 1e-9);
}

TEST(Difference, TheToleranceIsTheLargerOfAbsoluteAndRelative) {
  const Tolerance tolerance = {.absolute = 0.25, .relative = 0.125};
  EXPECT_TRUE(compared(floats({1}, {4}), floats({1}, {4.5}), tolerance).equal);
  EXPECT_FALSE(compared(floats({1}, {4}), floats({1}, {4.625}), tolerance).equal);
}

TEST(Difference, InfinitiesMustBeTheSame) {
  EXPECT_TRUE(compared(floats({1}, {-infinity}), floats({1}, {-infinity})).equal);
  EXPECT_FALSE(compared(floats({1}, {-infinity}), floats({1}, {-3.4e38})).equal);
  EXPECT_FALSE(compared(floats({1}, {3.4e38}), floats({1}, {infinity})).equal);
  EXPECT_FALSE(compared(floats({1}, {infinity}), floats({1}, {-infinity})).equal);
}

TEST(Difference, NotANumberIsCountedAndItsPlaceNamed) {
  const Difference same = compared(floats({2}, {nan, 1}), floats({2}, {nan, 1}));
  EXPECT_TRUE(same.equal);
  EXPECT_EQ(same.expected_non_finite.nan, 1);
  EXPECT_FALSE(same.first_non_finite);
  const Difference other = compared(floats({1, 3}, {0, 1, 2}), floats({1, 3}, {0, 1, nan}));
  EXPECT_FALSE(other.equal);
  EXPECT_EQ(other.found_non_finite.nan, 1);
  ASSERT_TRUE(other.first_non_finite);
  EXPECT_THAT(other.first_non_finite->index, ElementsAre(0, 2));
  EXPECT_EQ(other.remark, "element [0, 2] was 2 and is nan");
}

TEST(Difference, ShapesAndTypesMustBeTheSame) {
  EXPECT_EQ(compared(floats({2, 1}, {1, 2}), floats({1, 2}, {1, 2})).remark,
            "shapes differ: [2, 1] and [1, 2]");
  EXPECT_THAT(compared(floats({1}, {1}), Tensor::of(DataType::int64, {1}, std::vector{1.0})).remark,
              HasSubstr("types differ"));
}

TEST(Difference, NumbersOfOtherTypesAreComparedWhenAskedFor) {
  DifferenceMeter meter("y", {.absolute = 1e-3});
  meter.add_across_types("", floats({1}, {0.5}),
                         Tensor::of(DataType::float16, {1}, std::vector{0.5}));
  EXPECT_TRUE(meter.result().equal);
}

TEST(Difference, StringsAreComparedWhole) {
  const auto words = [](std::string word) {
    return Tensor(DataType::string, {1},
                  std::make_shared<const std::vector<std::string>>(1, std::move(word)));
  };
  EXPECT_TRUE(compared(words("a"), words("a")).equal);
  EXPECT_FALSE(compared(words("a"), words("b")).equal);
}

TEST(Difference, IntegersBeyondDoublesAreToldApart) {
  const auto number = [](int64_t n) { return Tensor::of_int64s(std::vector{n}); };
  constexpr int64_t large = (int64_t{1} << 60) + 1;
  EXPECT_TRUE(compared(number(large), number(large), {}).equal);
  EXPECT_FALSE(compared(number(large), number(large + 1), {}).equal);
}

TEST(Difference, UlpsAreThoseOfTheType) {
  const double next = std::nextafter(1.0F, 2.0F);
  EXPECT_EQ(compared(floats({1}, {1}), floats({1}, {next})).max_ulp, 1);
  const auto half = [](double number) {
    return Tensor::of(DataType::float16, {1}, std::vector{number});
  };
  EXPECT_EQ(compared(half(1), half(1 + 3.0 / 1024)).max_ulp, 3);
  const double smallest = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(compared(floats({1}, {-smallest}), floats({1}, {smallest})).max_ulp, 2)
      << "from below zero to above";
}

TEST(Difference, CosineAndNormAreOfAllSamplesTogether) {
  DifferenceMeter meter("y", {.absolute = 10});
  meter.add("one", floats({1}, {3}), floats({1}, {3}));
  meter.add("two", floats({1}, {4}), floats({1}, {0}));
  EXPECT_NEAR(meter.result().cosine, 0.6, 1e-12);
  EXPECT_NEAR(meter.result().relative_norm, 0.8, 1e-12);
}

TEST(Difference, AgreementCountsTheLargestOfEachRow) {
  const Difference difference = compared(floats({2, 6}, {0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5}),
                                         floats({2, 6}, {9, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5}));
  ASSERT_TRUE(difference.agreement);
  EXPECT_EQ(difference.agreement->rows, 2);
  EXPECT_EQ(difference.agreement->top1, 0.5);
  EXPECT_NEAR(difference.agreement->top5, 0.9, 1e-12);
}

TEST(Difference, TiesAreNoDisagreement) {
  const Difference difference = compared(floats({1, 2}, {1, 1}), floats({1, 2}, {1, 1.0000002}));
  EXPECT_EQ(difference.agreement->top1, 1);
}

TEST(Difference, TheFirstBeyondToleranceIsNamedWithItsSample) {
  DifferenceMeter meter("y", {.absolute = 0.1});
  meter.add("one", floats({2}, {0, 0}), floats({2}, {0, 0.05}));
  meter.add("two", floats({2}, {0, 0}), floats({2}, {0, 0.5}));
  meter.add("three", floats({2}, {0, 0}), floats({2}, {0, 0.9}));
  const Difference difference = meter.result();
  EXPECT_EQ(difference.remark, "element [1] was 0 and is 0.5 with two");
  EXPECT_EQ(difference.worst->sample, "three");
  EXPECT_EQ(difference.exceeding, 2);
  EXPECT_EQ(difference.elements, 6);
}

TEST(Difference, ExcludedElementsDoNotCount) {
  DifferenceMeter meter("y", {});
  meter.add("", floats({1, 2}, {1, 2}), floats({1, 2}, {7, 2}),
            [](int64_t element) { return element == 0; });
  EXPECT_TRUE(meter.result().equal);
  EXPECT_EQ(meter.result().elements, 1);
}

TEST(Difference, TheMapShowsTheRowsThatDiffer) {
  const Difference difference =
      compared(floats({1, 3, 2}, {0, 0, 0, 0, 0, 0}), floats({1, 3, 2}, {0, 0, 4, 1, 0, 0}));
  EXPECT_THAT(difference.map.rows, ElementsAre(0, 4, 0));
}

TEST(Difference, SurvivesTheWayFromAChild) {
  Difference difference = compared(floats({1, 3}, {0, 1, 2}), floats({1, 3}, {0, infinity, 2.5}));
  std::string bytes;
  nlohmann::ordered_json::to_cbor(json_of(difference), bytes);
  const Difference back = difference_from(nlohmann::ordered_json::from_cbor(bytes));
  EXPECT_EQ(back.remark, difference.remark);
  EXPECT_EQ(back.max_absolute, infinity);
  EXPECT_EQ(back.worst->index, difference.worst->index);
  EXPECT_EQ(back.decades, difference.decades);
  EXPECT_EQ(back.map.rows, difference.map.rows);
}

TEST(ToleranceFor, IsTheTypesOwn) {
  const double usual = tolerance_for(DataType::float32, {.coarsest = DataType::float32}).absolute;
  const double half = tolerance_for(DataType::float32, {.coarsest = DataType::float16}).absolute;
  EXPECT_GT(half, usual);
  EXPECT_EQ(tolerance_for(DataType::float16, {.coarsest = DataType::float32}).absolute, half);
  EXPECT_GT(tolerance_for(DataType::bfloat16, {.coarsest = DataType::float32}).absolute, half);
  EXPECT_EQ(tolerance_for(DataType::int64, {.coarsest = DataType::float16}), Tolerance{});
}

TEST(ToleranceFor, GrowsWithTheDepthOfHalfModels) {
  const auto of_depth = [](DataType type, int64_t depth) {
    return tolerance_for(DataType::float32, {.coarsest = type, .depth = depth});
  };
  EXPECT_EQ(of_depth(DataType::float16, 4), of_depth(DataType::float16, 12));
  EXPECT_DOUBLE_EQ(of_depth(DataType::float16, 48).norm, 2 * of_depth(DataType::float16, 12).norm);
  EXPECT_EQ(of_depth(DataType::float32, 48), of_depth(DataType::float32, 12));
}

TEST(Rounding, CountsProductsOnTheLongestWay) {
  const auto model = test_support::model_of(R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) <float16[2] h = {0, 0}> {
      a = MatMul(x, x)
      b = MatMul(a, a)
      d = MatMul(x, x)
      e = If (c) <then_branch = t () => (float[2, 2] p) { p = MatMul(b, d) },
                  else_branch = f () => (float[2, 2] q) { q = Neg(d) }>
      y = com.microsoft.Attention(e, x, x)
    })");
  Rounding rounding;
  rounding.add(model->graph());
  EXPECT_EQ(rounding.depth, 6);
  EXPECT_EQ(rounding.coarsest, DataType::float16);
}

TEST(Difference, ASmallNumberAmongLargeOnesMayBeFurtherOff) {
  DifferenceMeter meter("y", {.absolute = 0.01, .relative = 0.01, .spread = 0.02, .norm = 0.01});
  EXPECT_TRUE(meter.add("", floats({3}, {10, -10, 0}), floats({3}, {10, -10, 0.1})));
  EXPECT_FALSE(meter.add("", floats({3}, {1, -1, 0}), floats({3}, {1, -1, 0.1})));
}

TEST(Difference, NumbersThatAreAllSmallHaveToBeAlikeToo) {
  DifferenceMeter meter("y", {.absolute = 0.01, .relative = 0.01, .spread = 0.02, .norm = 0.01});
  EXPECT_TRUE(meter.add("", floats({2}, {0.004, 0.003}), floats({2}, {0.004, 0.00302})));
  EXPECT_FALSE(meter.add("", floats({2}, {0.004, 0.003}), floats({2}, {0.003, 0.004})));
  EXPECT_THAT(meter.result().remark, testing::HasSubstr("0.28 of its norm"));
}

TEST(ToleranceFor, GivesWayToWhatIsAskedFor) {
  const ToleranceRequest request = {.absolute = 0.5};
  EXPECT_EQ(tolerance_for(DataType::float32, {.coarsest = DataType::float32}, request).absolute,
            0.5);
  EXPECT_EQ(tolerance_for(DataType::int64, {.coarsest = DataType::float32}, request), Tolerance{})
      << "integers are exact";
}

}  // namespace
}  // namespace ortopt
