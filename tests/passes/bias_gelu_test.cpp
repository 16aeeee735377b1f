#include "ortopt/passes/bias_gelu.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

constexpr std::string_view fused =
    "g (float[B, S, 8] x, float[8] b) => (float[B, S, 8] y) { y = com.microsoft.BiasGelu(x, b) }";

TEST(BiasGelu, FoldsTheAddIntoTheActivation) {
  for (const char* add : {"Add(x, b)", "Add(b, x)"})
    EXPECT_REWRITE(BiasGelu{},
                   "g (float[B, S, 8] x, float[8] b) => (float[B, S, 8] y) { t = " +
                       std::string(add) + " y = com.microsoft.Gelu(t) }",
                   fused);
}

TEST(BiasGelu, TakesTheOperatorOfOpset20) {
  const std::string before = R"(
    <ir_version: 9, opset_import: ["" : 20]>
    g (float[B, S, 8] x, float[8] b) => (float[B, S, 8] y) { t = Add(x, b) y = Gelu)";
  EXPECT_REWRITE(BiasGelu{}, before + "(t) }", fused);
  EXPECT_REWRITE(BiasGelu{}, before + R"(<approximate = "none"> (t) })", fused);
  EXPECT_UNCHANGED(BiasGelu{}, before + R"(<approximate = "tanh"> (t) })",
                   "it approximates by tanh");
}

TEST(BiasGelu, TakesHalfPrecision) {
  EXPECT_REWRITE(BiasGelu{}, R"(
    g (float16[B, 8] x, float16[8] b) => (float16[B, 8] y) { t = Add(x, b) y = com.microsoft.Gelu(t) })",
                 R"(
    g (float16[B, 8] x, float16[8] b) => (float16[B, 8] y) { y = com.microsoft.BiasGelu(x, b) })");
}

TEST(BiasGelu, SaysNothingOfASumOfTwoActivations) {
  EXPECT_UNCHANGED(BiasGelu{}, R"(
    g (float[B, S, 8] x, float[B, S, 8] r) => (float[B, S, 8] y) {
      t = Add(x, r) y = com.microsoft.Gelu(t)
    })",
                   "");
}

TEST(BiasGelu, KeepsABiasThatBroadcastsWhatItIsAddedTo) {
  EXPECT_UNCHANGED(BiasGelu{}, R"(
    g (float[B, S, 1] x, float[8] b) => (float[B, S, 8] y) {
      t = Add(x, b) y = com.microsoft.Gelu(t)
    })",
                   "'b' is as long as 8, not as the last axis of 'x'");
  EXPECT_UNCHANGED(BiasGelu{}, R"(
    g (float[B, S, 8] x, float[1] b) => (float[B, S, 8] y) {
      t = Add(x, b) y = com.microsoft.Gelu(t)
    })",
                   "'b' is as long as 1, not as the last axis of 'x'");
}

TEST(BiasGelu, KeepsAnAddThatSomeoneElseReads) {
  EXPECT_UNCHANGED(BiasGelu{}, R"(
    g (float[B, S, 8] x, float[8] b) => (float[B, S, 8] y, float[B, S, 8] z) {
      t = Add(x, b) y = com.microsoft.Gelu(t) z = Neg(t)
    })",
                   "'t' is also used by Neg");
}

}  // namespace
}  // namespace ortopt
