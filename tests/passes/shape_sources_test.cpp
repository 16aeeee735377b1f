#include "ortopt/passes/shape_sources.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(ShapeSources, AValueThatOnlyLendsItsShapeGoes) {
  EXPECT_REWRITE(ShapeSources{}, R"(
    g (float[B, S] x, float[N, 1] z) => (float[B, S, 1] y) <int64[1] last = {2}> {
      a = Exp(x)
      u = Unsqueeze(a, last)
      s = Shape(u)
      y = Expand(z, s)
    })",
                 R"(
    g (float[B, S] x, float[N, 1] z) => (float[B, S, 1] y) <int64[1] zero = {0}, int64[1] one = {1}> {
      s0 = Shape(x)
      b = Gather(s0, zero)
      s1 = Shape(x)
      n = Gather(s1, one)
      s = Concat<axis = 0>(b, n, one)
      y = Expand(z, s)
    })");
}

TEST(ShapeSources, AValueThatIsReadStays) {
  EXPECT_UNCHANGED(ShapeSources{}, R"(
    g (float[B, S] x) => (float[B, S] y, int64[2] s) { y = Exp(x)  a = Neg(x)  b = Abs(a)  y2 = Neg(b)  s = Shape(y) })",
                   "");
}

TEST(ShapeSources, AProductOfSizesStays) {
  EXPECT_UNCHANGED(ShapeSources{}, R"(
    g (float[B, S] x) => (int64[1] s) <int64[1] flat = {-1}> { a = Exp(x)  v = Reshape(a, flat)  s = Shape(v) })",
                   "");
}

}  // namespace
}  // namespace ortopt
