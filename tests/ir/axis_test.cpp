#include "ortopt/ir/axis.h"

#include <gtest/gtest.h>

namespace ortopt {
namespace {

TEST(AxisFromFront, CountsNegativeAxesFromTheEnd) {
  EXPECT_EQ(axis_from_front(0, 3), 0u);
  EXPECT_EQ(axis_from_front(2, 3), 2u);
  EXPECT_EQ(axis_from_front(-1, 3), 2u);
  EXPECT_EQ(axis_from_front(-3, 3), 0u);
}

TEST(AxisFromFront, IsNothingOutsideTheRank) {
  EXPECT_EQ(axis_from_front(3, 3), std::nullopt);
  EXPECT_EQ(axis_from_front(-4, 3), std::nullopt);
  EXPECT_EQ(axis_from_front(0, 0), std::nullopt);
}

TEST(AxesFromFront, KeepsTheOrderAndRefusesAllForOneOutside) {
  EXPECT_EQ(axes_from_front(std::vector<int64_t>{-1, 0}, 3), (std::vector<std::size_t>{2, 0}));
  EXPECT_EQ(axes_from_front(std::vector<int64_t>{0, 3}, 3), std::nullopt);
}

}  // namespace
}  // namespace ortopt
