#include "ortopt/passes/no_ops.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(NoOps, AConcatOfOnePartGoes) {
  EXPECT_REWRITE(NoOps{}, R"(
    g (float[B, S, 8] x) => (float[B, S, 8] y) { a = Concat<axis = -2>(x)  y = Neg(a) })",
                 "g (float[B, S, 8] x) => (float[B, S, 8] y) { y = Neg(x) }");
}

TEST(NoOps, AConcatWithAnEmptyCacheGoes) {
  EXPECT_REWRITE(NoOps{}, R"(
    g (float[B, 0, 8] past, float[B, S, 8] x) => (float[B, S, 8] y) { a = Concat<axis = 1>(past, x)  y = Neg(a) })",
                 "g (float[B, 0, 8] past, float[B, S, 8] x) => (float[B, S, 8] y) { y = Neg(x) }");
  EXPECT_UNCHANGED(NoOps{}, R"(
    g (float[B, P, 8] past, float[B, S, 8] x) => (float[B, T, 8] y) { a = Concat<axis = 1>(past, x)  y = Neg(a) })",
                   "");
}

TEST(NoOps, NeutralNumbersGo) {
  for (const char* with :
       {"<float n = {0}> { a = Add(x, n)", "<float n = {0}> { a = Add(n, x)",
        "<float n = {0}> { a = Sub(x, n)", "<float[1] n = {1}> { a = Mul(x, n)",
        "<float[1] n = {1}> { a = Mul(n, x)", "<float n = {1}> { a = Div(x, n)", "{ a = Max(x)"})
    EXPECT_REWRITE(NoOps{},
                   std::string("g (float[B, 8] x) => (float[B, 8] y) ") + with + " y = Neg(a) }",
                   "g (float[B, 8] x) => (float[B, 8] y) { y = Neg(x) }");
}

TEST(NoOps, ArithmeticThatIsNotNeutralStays) {
  for (const char* op : {"Sub(zero, x)", "Div(one, x)", "Mul(x, zero)", "Add(x, one)"})
    EXPECT_UNCHANGED(NoOps{},
                     std::string(R"(g (float[B, 8] x) => (float[B, 8] y)
                       <float zero = {0}, float[1] one = {1}> { a = )") +
                         op + " y = Neg(a) }",
                     "");
}

TEST(NoOps, ANeutralNumberThatWidensStays) {
  EXPECT_UNCHANGED(NoOps{}, R"(
    g (float[8] x) => (float[1, 8] y) <float[1, 1] one = {1}> { a = Mul(x, one)  y = Neg(a) })",
                   "");
}

TEST(NoOps, AnExpandOrTileToTheSameSizesGoes) {
  EXPECT_REWRITE(NoOps{}, R"(
    g (float[B, 8] x) => (float[B, 8] y) <int64[2] once = {1, 1}> {
      a = Tile(x, once)  shape = Shape(x)  b = Expand(a, shape)  y = Neg(b) })",
                 R"(g (float[B, 8] x) => (float[B, 8] y) { y = Neg(x) })");
}

}  // namespace
}  // namespace ortopt
