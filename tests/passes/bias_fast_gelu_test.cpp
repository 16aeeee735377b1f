#include "ortopt/passes/bias_fast_gelu.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(BiasFastGelu, MakesTheAddAnInput) {
  for (const char* add : {"Add(x, b)", "Add(b, x)"})
    EXPECT_REWRITE(BiasFastGelu{},
                   "g (float[B, S, 8] x, float[8] b) => (float[B, S, 8] y) { t = " +
                       std::string(add) + " y = com.microsoft.FastGelu(t) }",
                   R"(
    g (float[B, S, 8] x, float[8] b) => (float[B, S, 8] y) { y = com.microsoft.FastGelu(x, b) })");
}

TEST(BiasFastGelu, SaysNothingOfOneThatHasABias) {
  EXPECT_UNCHANGED(BiasFastGelu{}, R"(
    g (float[B, S, 8] x, float[8] b) => (float[B, S, 8] y) {
      t = Add(x, b) y = com.microsoft.FastGelu(t, b)
    })",
                   "");
}

TEST(BiasFastGelu, KeepsABiasThatBroadcastsWhatItIsAddedTo) {
  EXPECT_UNCHANGED(BiasFastGelu{}, R"(
    g (float[B, S, 1] x, float[8] b) => (float[B, S, 8] y) {
      t = Add(x, b) y = com.microsoft.FastGelu(t)
    })",
                   "'b' is as long as 8, not as the last axis of 'x'");
}

TEST(BiasFastGelu, KeepsAnAddThatSomeoneElseReads) {
  EXPECT_UNCHANGED(BiasFastGelu{}, R"(
    g (float[B, S, 8] x, float[8] b) => (float[B, S, 8] y, float[B, S, 8] t) {
      t = Add(x, b) y = com.microsoft.FastGelu(t)
    })",
                   "'t' is a graph output");
}

}  // namespace
}  // namespace ortopt
