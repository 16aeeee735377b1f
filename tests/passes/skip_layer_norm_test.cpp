#include "ortopt/passes/skip_layer_norm.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

constexpr std::string_view weights =
    "<float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}, float[4] d = {1, 0, 1, 0}> ";
constexpr std::string_view no_bias = "<float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}> ";

TEST(SkipLayerNorm, TakesTheResidualInEitherOrder) {
  for (const char* add : {"Add(x, r)", "Add(r, x)"})
    EXPECT_REWRITE(
        SkipLayerNorm{},
        "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y) " + std::string(no_bias) +
            "{ s = " + add + " y = LayerNormalization <axis = -1, epsilon = 0.001> (s, w, b) }",
        "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y) " + std::string(no_bias) +
            "{ y = com.microsoft.SkipLayerNormalization <epsilon = 0.001> (" +
            (std::string(add) == "Add(x, r)" ? "x, r" : "r, x") + ", w, b) }");
}

TEST(SkipLayerNorm, TheSumBecomesAnOutputWhenItIsRead) {
  EXPECT_REWRITE(SkipLayerNorm{},
                 "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y, float[B, S, 4] z) " +
                     std::string(no_bias) + R"({
      s = Add(x, r) y = LayerNormalization <axis = -1, epsilon = 0.001> (s, w, b) z = Neg(s)
    })",
                 "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y, float[B, S, 4] z) " +
                     std::string(no_bias) + R"({
      y, , , s = com.microsoft.SkipLayerNormalization <epsilon = 0.001> (x, r, w, b) z = Neg(s)
    })");
}

TEST(SkipLayerNorm, ABiasBecomesAnInput) {
  for (const char* sums : {"t = Add(x, d) s = Add(t, r)", "t = Add(d, x) s = Add(t, r)"})
    EXPECT_REWRITE(
        SkipLayerNorm{},
        "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y) " + std::string(weights) +
            "{" + sums + " y = LayerNormalization <axis = -1, epsilon = 0.001> (s, w, b) }",
        "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y) " + std::string(weights) +
            "{ y = com.microsoft.SkipLayerNormalization <epsilon = 0.001> (x, r, w, b, d) }");
}

TEST(SkipLayerNorm, ANormWithoutMeanHasAnOperatorOfItsOwn) {
  const std::string head =
      "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y, float[B, S, 4] z) "
      "<float[4] w = {1, 2, 3, 4}> ";
  EXPECT_REWRITE(SkipLayerNorm{}, head + R"({ s = Add(x, r)
      y = SimplifiedLayerNormalization <axis = -1, epsilon = 0.001, stash_type = 1> (s, w) z = Neg(s) })",
                 head + R"({
      y, , , s = com.microsoft.SkipSimplifiedLayerNormalization <epsilon = 0.001> (x, r, w) z = Neg(s) })");
}

TEST(SkipLayerNorm, ThePartThatBroadcastsOverTheBatchComesSecond) {
  EXPECT_REWRITE(
      SkipLayerNorm{},
      "g (float[1, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y) " + std::string(no_bias) +
          "{ s = Add(x, r) y = LayerNormalization <axis = -1, epsilon = 0.001> (s, w, b) }",
      "g (float[1, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y) " + std::string(no_bias) +
          "{ y = com.microsoft.SkipLayerNormalization <epsilon = 0.001> (r, x, w, b) }");
}

TEST(SkipLayerNorm, ABiasStaysOutsideOnRequest) {
  const std::string head =
      "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y) " + std::string(weights);
  EXPECT_REWRITE(SkipLayerNorm{},
                 head +
                     "{ t = Add(x, d) s = Add(t, r) "
                     "y = LayerNormalization <axis = -1, epsilon = 0.001> (s, w, b) }",
                 head +
                     "{ t = Add(x, d) "
                     "y = com.microsoft.SkipLayerNormalization <epsilon = 0.001> (t, r, w, b) }",
                 PassOptions{.bias_in_skip_layer_norm = false});
}

void expect_kept(std::string_view inputs, std::string_view body, std::string_view reason,
                 const PassOptions& options = {}) {
  EXPECT_UNCHANGED(SkipLayerNorm{},
                   "g (" + std::string(inputs) + ") => (float[] y) " + std::string(weights) + "{" +
                       std::string(body) + "}",
                   reason, options);
}

constexpr std::string_view residual =
    "s = Add(x, r) y = LayerNormalization <axis = -1, epsilon = 0.001> (s, w, b)";

TEST(SkipLayerNorm, KeepsWhatTheKernelDoesNotBroadcast) {
  expect_kept("float[B, S, 4] x, float[B, 1, 4] r", residual, "the kernel does not broadcast them");
  expect_kept("float[B, S, 4] x, float[4] r", residual, "the kernel does not broadcast them");
  expect_kept("float[4] r, float[4] x", "s = Add(x, r) y = LayerNormalization (s, w, b)",
              "the kernel takes rank 2 or 3, not 1");
}

TEST(SkipLayerNorm, KeepsGammaBetaAndBiasThatAreNoVectors) {
  for (const char* norm : {"s = Add(x, r) y = LayerNormalization <axis = -1> (s, row, b)",
                           "s = Add(x, r) y = LayerNormalization <axis = -1> (s, w, row)",
                           "s = Add(x, r) y = LayerNormalization <axis = -1> (s, w, one)"})
    EXPECT_UNCHANGED(SkipLayerNorm{},
                     "g (float[B, S, 4] x, float[B, S, 4] r) => (float[B, S, 4] y) "
                     "<float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}, "
                     "float[1, 4] row = {1, 2, 3, 4}, float[1] one = {1}> {" +
                         std::string(norm) + "}",
                     "is no vector over the last dimension");
}

TEST(SkipLayerNorm, KeepsAConstantAddend) {
  EXPECT_UNCHANGED(SkipLayerNorm{}, R"(
    g (float[B, 2, 2] x) => (float[B, 2, 2] y)
      <float[2, 2] r = {1, 2, 3, 4}, float[2] w = {1, 2}, float[2] b = {3, 4}> {
      s = Add(x, r) y = LayerNormalization <axis = -1, epsilon = 0.001> (s, w, b)
    })",
                   "a constant is added, not a residual");
}

TEST(SkipLayerNorm, KeepsANormOverMoreAxes) {
  expect_kept("float[B, S, 4] x, float[B, S, 4] r",
              "s = Add(x, r) t = Mul(w, b) y = LayerNormalization <axis = 1> (s, t, b)",
              "the norm is not over the last axis alone");
}

TEST(SkipLayerNorm, KeepsWhatCostsTimeOnTheTarget) {
  const auto cpu = Target::parse("cpu");
  ASSERT_TRUE(cpu.has_value());
  expect_kept("float[B, S, 4] x, float[B, S, 4] r", residual, "costs time on this target",
              {.target = *cpu});
}

TEST(SkipLayerNorm, KeepsTypesWithoutAKernel) {
  EXPECT_UNCHANGED(SkipLayerNorm{}, R"(
    g (double[B, S, 2] x, double[B, S, 2] r) => (double[B, S, 2] y)
      <double[2] w = {1, 2}, double[2] b = {3, 4}> {
      s = Add(x, r) y = LayerNormalization <axis = -1, epsilon = 0.001> (s, w, b)
    })",
                   "SkipLayerNormalization has no kernel for double");
}

}  // namespace
}  // namespace ortopt
