#include "ortopt/passes/no_ops.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(NoOps, IdentityAndCastToTheSameTypeGo) {
  EXPECT_REWRITE(NoOps{}, R"(
    g (float[B, 4] x) => (float[B, 4] y) { a = Identity(x)  b = Cast<to = 1>(a)  y = Neg(b) })",
                 "g (float[B, 4] x) => (float[B, 4] y) { y = Neg(x) }");
}

TEST(NoOps, ACastThatChangesTheTypeStays) {
  EXPECT_UNCHANGED(NoOps{}, "g (float[B] x) => (double[B] y) { y = Cast<to = 11>(x) }", "");
}

TEST(NoOps, AnOutputThatIsAnInputKeepsItsIdentity) {
  EXPECT_UNCHANGED(NoOps{}, "g (float[B] x) => (float[B] y) { y = Identity(x) }", "");
}

TEST(NoOps, AReshapeToTheSameSymbolicShapeGoes) {
  EXPECT_REWRITE(NoOps{}, R"(
    g (float[B, S, 8] x) => (float[B, S, 8] y) <int64[3] keep = {0, 0, 8}> { a = Reshape(x, keep)  y = Neg(a) })",
                 "g (float[B, S, 8] x) => (float[B, S, 8] y) { y = Neg(x) }");
}

TEST(NoOps, AReshapeThatCopiesOrImpliesEverySizeGoes) {
  EXPECT_REWRITE(NoOps{}, R"(
    g (float[B, S, 8] x) => (float[B, S, 8] y) <int64[3] t = {-1, 0, 8}> { a = Reshape(x, t)  y = Neg(a) })",
                 "g (float[B, S, 8] x) => (float[B, S, 8] y) { y = Neg(x) }");
}

TEST(NoOps, ATransposeOfEqualSizesStays) {
  EXPECT_UNCHANGED(
      NoOps{},
      "g (float[S, S] x) => (float[S, S] y) { a = Transpose<perm = [1, 0]>(x)  y = Neg(a) }", "");
}

TEST(NoOps, ASliceOfTheWholeGoesAndAReversedOneStays) {
  EXPECT_REWRITE(NoOps{}, R"(
    g (float[B, 8] x) => (float[B, 8] y) <int64[1] zero = {0}, int64[1] end = {9223372036854775807}, int64[1] axis = {1}> {
      a = Slice(x, zero, end, axis)
      y = Neg(a)
    })",
                 "g (float[B, 8] x) => (float[B, 8] y) { y = Neg(x) }");
  EXPECT_UNCHANGED(NoOps{}, R"(
    g (float[B, 8] x) => (float[B, 8] y) <int64[1] last = {-1}, int64[1] end = {-9223372036854775807}, int64[1] axis = {1}, int64[1] back = {-1}> {
      a = Slice(x, last, end, axis, back)
      y = Neg(a)
    })",
                   "");
}

TEST(NoOps, DropoutGoesOutsideTraining) {
  EXPECT_REWRITE(
      NoOps{}, "g (float[B] x) => (float[B] y) <float r = {0.1}> { a = Dropout(x, r)  y = Neg(a) }",
      "g (float[B] x) => (float[B] y) { y = Neg(x) }");
  EXPECT_UNCHANGED(NoOps{},
                   "g (float[B] x) => (float[B] y) <float r = {0.1}, bool t = {1}> { a = "
                   "Dropout(x, r, t)  y = Neg(a) }",
                   "");
}

TEST(NoOps, AReshapeThatSwapsUnknownSizesStays) {
  EXPECT_UNCHANGED(NoOps{}, R"(
    g (float[B, 8, 8] x, int64[6] pads) => (float[B, Q, P] y) <int64[1] i0 = {0}, int64[1] i1 = {1}, int64[1] i2 = {2}> {
      p = Pad(x, pads)
      s = Shape(p)
      a = Gather(s, i0)
      b = Gather(s, i1)
      c = Gather(s, i2)
      t = Concat<axis = 0>(a, c, b)
      y = Reshape(p, t)
    })",
                   "");
}

}  // namespace
}  // namespace ortopt
