#include "ortopt/passes/constant_folding.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(ConstantFolding, ArithmeticOverConstantsIsDone) {
  EXPECT_REWRITE(ConstantFolding{}, R"(
    g (float[B, 2] x) => (float[B, 2] y) <float two = {2}, float[2] v = {3, 5}> { a = Mul(two, v)  y = Add(x, a) })",
                 "g (float[B, 2] x) => (float[B, 2] y) <float[2] a = {6, 10}> { y = Add(x, a) }");
}

TEST(ConstantFolding, AShapeThatIsKnownBecomesNumbers) {
  EXPECT_REWRITE(
      ConstantFolding{}, R"(
    g (float[2, 3, 4] x) => (float[2, 12] y) <int64 zero = {0}, int64[1] first = {0}, int64[1] rest = {-1}> {
      s = Shape(x)
      b = Gather(s, zero)
      u = Unsqueeze(b, first)
      t = Concat<axis = 0>(u, rest)
      y = Reshape(x, t)
    })",
      "g (float[2, 3, 4] x) => (float[2, 12] y) <int64[2] t = {2, -1}> { y = Reshape(x, t) }");
}

TEST(ConstantFolding, AShapeWithASymbolStays) {
  EXPECT_UNCHANGED(ConstantFolding{}, "g (float[B, 3] x) => (int64[2] s) { s = Shape(x) }", "");
}

TEST(ConstantFolding, AConstantThatIsAnOutputIsFoldedOnce) {
  const std::string done = R"(
    g (float[B] x) => (float[] y) <float a = {3}> { y = Identity(a) })";
  EXPECT_REWRITE(ConstantFolding{}, R"(
    g (float[B] x) => (float[] y) <float a = {1}, float b = {2}> { y = Add(a, b) })",
                 done);
  EXPECT_UNCHANGED(ConstantFolding{}, done, "");
}

}  // namespace
}  // namespace ortopt
