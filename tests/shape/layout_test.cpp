#include "ortopt/shape/layout.h"

#include <gtest/gtest.h>

namespace ortopt {
namespace {

class LayoutTest : public testing::Test {
 protected:
  Axis batch_{.name = "batch", .size = Dim::symbol("batch"), .kind = AxisKind::input};
  Axis features_{.name = "A", .size = Dim(32), .kind = AxisKind::projection};

  [[nodiscard]] Factor batch() const { return {&batch_, 1, batch_.size}; }
  [[nodiscard]] Factor features(int64_t stride, int64_t size) const {
    return {&features_, stride, size};
  }
};

TEST_F(LayoutTest, ASplitOfAnAxisMergesBackIntoIt) {
  EXPECT_EQ(normalised({features(8, 4), features(1, 8)}), LayoutDim{features(1, 32)});
}

TEST_F(LayoutTest, DigitsOfOneAxisInTheWrongOrderDoNotMerge) {
  const LayoutDim swapped = {features(1, 8), features(8, 4)};
  EXPECT_EQ(normalised(swapped), swapped);
}

TEST_F(LayoutTest, AFactorOfSizeOneIsNoFactor) {
  EXPECT_TRUE(normalised({features(8, 1)}).empty());
  EXPECT_TRUE(size_of({}).is(1));
}

TEST_F(LayoutTest, FlatteningForgetsWhereDimensionsEnd) {
  EXPECT_EQ(flattened({{batch()}, {features(8, 4)}, {features(1, 8)}}),
            (LayoutDim{batch(), features(1, 32)}));
}

TEST_F(LayoutTest, TheTextNamesStridesAndPartsOnlyWhereTheySayMoreThanTheAxis) {
  EXPECT_EQ(
      text_of({{batch()}, {}, {features(8, 4)}, {features(1, 8)}, {batch(), features(1, 32)}}),
      "[(batch) () (A/8:4) (A:8) (batch A)]");
}

}  // namespace
}  // namespace ortopt
