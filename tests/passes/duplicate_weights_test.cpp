#include "ortopt/passes/duplicate_weights.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(DuplicateWeights, EqualWeightsBecomeOne) {
  EXPECT_REWRITE(DuplicateWeights{}, R"(
    g (float[B, 2] x) => (float[B, 2] y) <float[2] v = {3, 5}, float[2] w = {3, 5}> { a = Mul(x, v)  y = Add(a, w) })",
                 "g (float[B, 2] x) => (float[B, 2] y) <float[2] v = {3, 5}> { a = Mul(x, v)  y = "
                 "Add(a, v) }");
}

TEST(DuplicateWeights, OtherDimensionsOrTypesAreOtherWeights) {
  EXPECT_UNCHANGED(DuplicateWeights{}, R"(
    g (float[1, 2] x) => (float[1, 2] y) <float[2] v = {3, 5}, float[1, 2] w = {3, 5}> { a = Mul(x, v)  y = Add(a, w) })",
                   "");
}

}  // namespace
}  // namespace ortopt
