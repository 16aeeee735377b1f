#include "compare/undefined_elements.h"

#include <gtest/gtest.h>

namespace ortopt {
namespace {

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

TEST(UndefinedElements, AreAllTokensOfAPaddedPlace) {
  // Two tokens of one number for each of the five places.
  const UndefinedElements undefined(left_padded(), {3, 10, 1});
  EXPECT_FALSE(undefined.contains(0));
  EXPECT_TRUE(undefined.contains(10));
  EXPECT_TRUE(undefined.contains(11));
  EXPECT_FALSE(undefined.contains(12));
  // Classes are no tokens, and a feature may have any size.
  EXPECT_FALSE(UndefinedElements(left_padded(), {3, 10}).contains(10));
  EXPECT_FALSE(UndefinedElements(left_padded(), {3, 11, 10}).contains(110));
}

TEST(UndefinedElements, AreNoneWithoutPaddingOnTheLeft) {
  InputCase inputs = left_padded();
  inputs.padding = Padding::right;
  EXPECT_FALSE(UndefinedElements(inputs, {3, 5, 2}).contains(10));
  EXPECT_FALSE(UndefinedElements(left_padded(), {3, 8}).contains(9));
}

}  // namespace
}  // namespace ortopt
