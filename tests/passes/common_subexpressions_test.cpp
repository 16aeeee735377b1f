#include "ortopt/passes/common_subexpressions.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(CommonSubexpressions, EqualNodesBecomeOne) {
  EXPECT_REWRITE(CommonSubexpressions{}, R"(
    g (float[B, 4] x) => (float[B, 4] y) {
      a = Softmax<axis = -1>(x)
      b = Softmax<axis = -1>(x)
      c = Neg(a)
      d = Neg(b)
      y = Add(c, d)
    })",
                 "g (float[B, 4] x) => (float[B, 4] y) { a = Softmax<axis = -1>(x)  c = Neg(a)  y "
                 "= Add(c, c) }");
}

TEST(CommonSubexpressions, OtherAttributesAreOtherNodes) {
  EXPECT_UNCHANGED(CommonSubexpressions{}, R"(
    g (float[B, 4] x) => (float[B, 4] y) { a = Softmax<axis = -1>(x)  b = Softmax<axis = 0>(x)  y = Add(a, b) })",
                   "");
}

TEST(CommonSubexpressions, TwoRandomDrawsAreTwoValues) {
  EXPECT_UNCHANGED(CommonSubexpressions{}, R"(
    g (float[B, 4] x) => (float[B, 4] y) { a = RandomNormalLike(x)  b = RandomNormalLike(x)  y = Add(a, b) })",
                   "");
}

TEST(CommonSubexpressions, ASignatureKeepsAllItsNames) {
  EXPECT_UNCHANGED(CommonSubexpressions{},
                   "g (float[B] x) => (float[B] y, float[B] z) { y = Neg(x)  z = Neg(x) }", "");
}

}  // namespace
}  // namespace ortopt
