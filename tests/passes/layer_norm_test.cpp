#include "ortopt/passes/layer_norm.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/rewrite_check.h"
#include "tests/support/spellings.h"

namespace ortopt {
namespace {

using test_support::any_of;
using test_support::call;
using test_support::Expression;
using test_support::input;
using test_support::number;
using test_support::product;
using test_support::spellings;
using test_support::sum;

constexpr std::string_view weights = "float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}";
constexpr std::string_view signature = "(float[B, S, 4] x) => (float[B, S, 4] y)";

std::string with_weights(std::string text) {
  text.insert(text.find('<', text.find("=>")) + 1, std::string(weights) + ", ");
  return text;
}

const std::string fused = "g " + std::string(signature) + " <" + std::string(weights) +
                          "> { y = LayerNormalization <axis = -1, epsilon = 0.00001> (x, w, b) }";

/// The mean and everything that is made of it: computed once, as exporters do.
struct Pieces {
  Expression x = input("x");
  Expression mean;
  Expression centred;
  Expression spread;  // E[(x − E[x])²] + ε

  explicit Pieces(const std::string& average)
      : mean(call(average, {x})),
        centred(any_of({call("Sub", {x, mean}), sum({x, call("Neg", {mean})})})),
        spread(sum({call(average, {any_of({call("Pow", {centred, number(2)}),
                                           product({centred, centred})})}),
                    number(1e-5)})) {}
};

void expect_all(const Expression& expression, std::size_t limit = 60) {
  for (const std::string& text : spellings(expression, signature, "y", {.limit = limit}))
    EXPECT_REWRITE(LayerNorm{}, with_weights(text), fused) << text;
}

class LayerNormMeans : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Spelled, LayerNormMeans,
                         testing::Values("ReduceMean <axes = [-1]>", "ReduceMean <axes = [2]>",
                                         "GlobalAveragePool"));

TEST_P(LayerNormMeans, DividedByTheDeviation) {
  const Pieces p(GetParam());
  const Expression root = call("Sqrt", {p.spread});
  const Expression norm =
      any_of({call("Div", {p.centred, root}), product({p.centred, call("Reciprocal", {root})})});
  expect_all(sum({product({norm, input("w")}), input("b")}));
}

TEST_P(LayerNormMeans, AsKerasFoldsIt) {
  // x·k + (β − E[x]·k) with k = γ / √(Var[x] + ε)
  const Pieces p(GetParam());
  const Expression gain = product({call("Reciprocal", {call("Sqrt", {p.spread})}), input("w")});
  const Expression shift = any_of({call("Sub", {input("b"), product({p.mean, gain})}),
                                   sum({input("b"), call("Neg", {product({p.mean, gain})})}),
                                   sum({input("b"), product({call("Neg", {p.mean}), gain})})});
  expect_all(sum({product({p.x, gain}), shift}));
}

TEST_P(LayerNormMeans, WithAFloorUnderTheRoot) {
  const Pieces p(GetParam());
  const Expression root = call("Sqrt", {call("Max", {p.spread, number(0)})});
  expect_all(sum({product({call("Div", {p.centred, root}), input("w")}), input("b")}), 20);
}

std::string pieces(std::string_view declared, std::string_view body) {
  return "g (float[B, S, 4] x) => " + std::string(declared) + R"(
    <float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}, float e = {0.00001}> {
      m = ReduceMean <axes = [-1]> (x) c = Sub(x, m) q = Mul(c, c) v = ReduceMean <axes = [-1]> (q)
      s = Add(v, e) r = Sqrt(s) n = Div(c, r) )" +
         std::string(body) + "}";
}

TEST(LayerNorm, TakesANormWithoutBeta) {
  EXPECT_REWRITE(LayerNorm{}, R"(
    g (float[B, 4] x) => (float[B, 4] y) <float[4] w = {1, 2, 3, 4}, float e = {0.00001}> {
      m = ReduceMean <axes = [-1]> (x) c = Sub(x, m) q = Mul(c, c) v = ReduceMean <axes = [-1]> (q)
      s = Add(v, e) r = Sqrt(s) n = Div(c, r) y = Mul(n, w)
    })",
                 R"(
    g (float[B, 4] x) => (float[B, 4] y) <float[4] w = {1, 2, 3, 4}> {
      y = LayerNormalization <axis = -1, epsilon = 0.00001> (x, w)
    })");
}

const std::string without_beta =
    "g (float[B, S, 4] x) => (float[B, S, 4] y) <float[4] w = {1, 2, 3, 4}> ";

TEST(LayerNorm, TakesTheRootMeanSquareNormOfWhatIsCentred) {
  EXPECT_REWRITE(LayerNorm{}, without_beta + R"( {
      m = ReduceMean <axes = [-1]> (x)
      c = Sub(x, m)
      y = SimplifiedLayerNormalization <axis = -1, epsilon = 0.00002> (c, w)
    })",
                 without_beta + "{ y = LayerNormalization <axis = -1, epsilon = 0.00002> (x, w) }");
}

TEST(LayerNorm, TakesTheRootMeanSquareNormOfWhatIsCentredAndABeta) {
  EXPECT_REWRITE(LayerNorm{}, "g " + std::string(signature) + " <" + std::string(weights) + R"(> {
      m = ReduceMean <axes = [-1]> (x)
      c = Sub(x, m)
      n = SimplifiedLayerNormalization <axis = 2, epsilon = 0.00001> (c, w)
      y = Add(b, n)
    })",
                 fused);
}

TEST(LayerNorm, KeepsARootMeanSquareNormOverMoreThanTheLastAxis) {
  EXPECT_UNCHANGED(LayerNorm{}, R"(
    g (float[B, 3, 4] x) => (float[B, 3, 4] y) <float[3, 4] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6}> {
      m = ReduceMean <axes = [-1]> (x)
      c = Sub(x, m)
      y = SimplifiedLayerNormalization <axis = 1> (c, w)
    })",
                   "");
}

TEST(LayerNorm, KeepsARootMeanSquareNormOfWhatSomeoneElseReadsCentred) {
  EXPECT_UNCHANGED(LayerNorm{}, R"(
    g (float[B, S, 4] x) => (float[B, S, 4] y, float[B, S, 4] c) <float[4] w = {1, 2, 3, 4}> {
      m = ReduceMean <axes = [-1]> (x)
      c = Sub(x, m)
      y = SimplifiedLayerNormalization <axis = -1> (c, w)
    })",
                   "");
}

TEST(LayerNorm, TakesANormWithoutGammaAndBeta) {
  EXPECT_REWRITE(LayerNorm{}, R"(
    g (float[B, S, 4] x) => (float[B, S, 4] y) <float two = {2}, float eps = {0.5}> {
      m = ReduceMean<axes = [-1]>(x)  d = Sub(x, m)  q = Pow(d, two)  v = ReduceMean<axes = [-1]>(q)
      e = Add(v, eps)  r = Sqrt(e)  n = Div(d, r)  y = Relu(n) })",
                 R"(g (float[B, S, 4] x) => (float[B, S, 4] y) <float[4] ones = {1, 1, 1, 1}> {
      n = LayerNormalization<axis = -1, epsilon = 0.5>(x, ones)  y = Relu(n) })");
}

std::string half_norm(const std::string& wide) {
  return R"(g (float16[B, S, 4] x) => (float16[B, S, 4] y)
    <float16[4] w = {15360, 16384, 15360, 16384}, float16[4] b = {15360, 15360, 0, 0},
     float two = {2}, )" +
         wide + R"( eps = {0.5}> {
      m = ReduceMean<axes = [-1]>(x)  d = Sub(x, m)  c = Cast<to = )" +
         (wide == "double"  ? "11"
          : wide == "float" ? "1"
                            : "7") +
         R"(>(d)  q = Pow(c, two)
      v = ReduceMean<axes = [-1]>(q)  e = Add(v, eps)  r = Sqrt(e)  n = Div(c, r)
      h = Cast<to = 10>(n)  p = Mul(h, w)  y = Add(p, b) })";
}

TEST(LayerNorm, TakesHalfPrecisionThatIsSquaredInMore) {
  for (const char* wide : {"double", "float"})
    EXPECT_REWRITE(LayerNorm{}, half_norm(wide), R"(g (float16[B, S, 4] x) => (float16[B, S, 4] y)
    <float16[4] w = {15360, 16384, 15360, 16384}, float16[4] b = {15360, 15360, 0, 0}> {
      y = LayerNormalization<axis = -1, epsilon = 0.5>(x, w, b) })");
}

TEST(LayerNorm, AsKerasFoldsItWithStatisticsInFloat32) {
  EXPECT_REWRITE(LayerNorm{}, R"(
    g (float16[B, S, 4] x) => (float16[B, S, 4] y)
      <float[4] w = {1, 2, 1, 2}, float16[4] b = {15360, 15360, 0, 0}, float eps = {0.00001}> {
      wide = Cast<to = 1>(x)
      mean = ReduceMean<axes = [-1]>(wide)
      d = Sub(wide, mean)
      squares = Mul(d, d)
      variance = ReduceMean<axes = [-1]>(squares)
      e = Add(variance, eps)
      s = Sqrt(e)
      r = Reciprocal(s)
      k = Mul(r, w)
      shift = Mul(mean, k)
      half_shift = Cast<to = 10>(shift)
      rest = Sub(b, half_shift)
      scaled = Mul(wide, k)
      half_scaled = Cast<to = 10>(scaled)
      y = Add(half_scaled, rest)
    })",
                 R"(g (float16[B, S, 4] x) => (float16[B, S, 4] y)
    <float16[4] w = {15360, 16384, 15360, 16384}, float16[4] b = {15360, 15360, 0, 0}> {
      y = LayerNormalization<axis = -1, epsilon = 0.00001>(x, w, b)
    })");
}

TEST(LayerNorm, KeepsACastThatLosesDigits) {
  EXPECT_UNCHANGED(LayerNorm{}, R"(
    g (float[B, S, 4] x) => (float[B, S, 4] y) <float[4] w = {1, 2, 3, 4}, float two = {2}, float16 eps = {14336}> {
      m = ReduceMean<axes = [-1]>(x)  d = Sub(x, m)  c = Cast<to = 10>(d)  q = Pow(c, two)
      v = ReduceMean<axes = [-1]>(q)  e = Add(v, eps)  r = Sqrt(e)  n = Div(c, r)
      h = Cast<to = 1>(n)  y = Mul(h, w) })",
                   "a cast in between loses digits");
}

// GPT-NeoX norms one value twice; what is alike is computed once by then.
TEST(LayerNorm, TwoNormsOfOneValueShareWhatComesBeforeGamma) {
  const std::string outputs = "(float[B, S, 4] y, float[B, S, 4] z)";
  EXPECT_REWRITE(LayerNorm{},
                 pieces(outputs, "g = Mul(n, w) y = Add(g, b) h = Mul(b, n) z = Add(h, w)"),
                 "g (float[B, S, 4] x) => " + outputs + " <" + std::string(weights) + R"(> {
      y = LayerNormalization <axis = -1, epsilon = 0.00001> (x, w, b)
      z = LayerNormalization <axis = -1, epsilon = 0.00001> (x, b, w) })");
}

TEST(LayerNorm, WhatMoreThanGammasReadIsANormItself) {
  const std::string outputs = "(float[B, S, 4] y, float[B, S, 4] z)";
  EXPECT_REWRITE(LayerNorm{}, pieces(outputs, "g = Mul(n, w) y = Add(g, b) z = Relu(n)"),
                 "g (float[B, S, 4] x) => " + outputs + " <" + std::string(weights) +
                     R"(, float[4] ones = {1, 1, 1, 1}> {
      n = LayerNormalization <axis = -1, epsilon = 0.00001> (x, ones)
      g = Mul(n, w) y = Add(g, b) z = Relu(n) })");
}

TEST(LayerNorm, KeepsPiecesThatSomeoneElseReads) {
  EXPECT_UNCHANGED(LayerNorm{},
                   pieces("(float[B, S, 4] y, float[B, S, 1] r)", "g = Mul(n, w) y = Add(g, b)"),
                   "'r' is a graph output");
}

TEST(LayerNorm, KeepsAnotherAxis) {
  EXPECT_UNCHANGED(LayerNorm{}, R"(
    g (float[B, S, 4] x) => (float[B, S, 4] y)
      <float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}, float e = {0.00001}> {
      m = ReduceMean <axes = [1]> (x) c = Sub(x, m) q = Mul(c, c) v = ReduceMean <axes = [1]> (q)
      s = Add(v, e) r = Sqrt(s) n = Div(c, r) g = Mul(n, w) y = Add(g, b)
    })",
                   "it does not average over the last axis alone");
}

TEST(LayerNorm, KeepsTheDeviationOfAnotherValue) {
  EXPECT_UNCHANGED(LayerNorm{}, R"(
    g (float[B, 4] x, float[B, 4] z) => (float[B, 4] y)
      <float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}, float e = {0.00001}> {
      m = ReduceMean <axes = [-1]> (x) c = Sub(x, m) d = Sub(z, m) q = Mul(d, d)
      v = ReduceMean <axes = [-1]> (q) s = Add(v, e) r = Sqrt(s) n = Div(c, r) g = Mul(n, w) y = Add(g, b)
    })",
                   "x is 'x' and cannot be 'z' too");
}

TEST(LayerNorm, LeavesWeightsThatAreNoVectorOfFeaturesBehindTheNorm) {
  EXPECT_REWRITE(LayerNorm{}, R"(
    g (float[B, 4] x) => (float[B, 4] y)
      <float[1] w = {2}, float[4] b = {5, 6, 7, 8}, float e = {0.00001}> {
      m = ReduceMean <axes = [-1]> (x) c = Sub(x, m) q = Mul(c, c) v = ReduceMean <axes = [-1]> (q)
      s = Add(v, e) r = Sqrt(s) n = Div(c, r) g = Mul(n, w) y = Add(g, b)
    })",
                 R"(g (float[B, 4] x) => (float[B, 4] y)
      <float[1] w = {2}, float[4] b = {5, 6, 7, 8}, float[4] ones = {1, 1, 1, 1}> {
      n = LayerNormalization<axis = -1, epsilon = 0.00001>(x, ones) g = Mul(n, w) y = Add(g, b)
    })");
}

TEST(LayerNorm, KeepsWhatAConstantMakesOfAHigherRank) {
  for (const std::string constants :
       {"float[4] w = {1, 2, 3, 4}, float[1, 1, 4] b = {5, 6, 7, 8}, float e = {0.00001}",
        "float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}, float[1, 1, 1] e = {0.00001}"})
    EXPECT_UNCHANGED(LayerNorm{}, "g (float[B, 4] x) => (float[1, B, 4] y) <" + constants + R"(> {
      m = ReduceMean <axes = [-1]> (x) c = Sub(x, m) q = Mul(c, c) v = ReduceMean <axes = [-1]> (q)
      s = Add(v, e) r = Sqrt(s) n = Div(c, r) g = Mul(n, w) y = Add(g, b)
    })",
                     "a constant may broadcast 'x' to another shape");
}

TEST(LayerNorm, KeepsAnEpsilonThatIsNotPositive) {
  EXPECT_UNCHANGED(LayerNorm{}, R"(
    g (float[B, 4] x) => (float[B, 4] y)
      <float[4] w = {1, 2, 3, 4}, float[4] b = {5, 6, 7, 8}, float e = {0}> {
      m = ReduceMean <axes = [-1]> (x) c = Sub(x, m) q = Mul(c, c) v = ReduceMean <axes = [-1]> (q)
      s = Add(v, e) r = Sqrt(s) n = Div(c, r) g = Mul(n, w) y = Add(g, b)
    })",
                   "epsilon is not positive");
}

TEST(LayerNorm, TakesHalfPrecision) {
  EXPECT_REWRITE(LayerNorm{}, R"(
    g (float16[B, 4] x) => (float16[B, 4] y)
      <float16[4] w = {15360, 16384, 16896, 17408}, float16[4] b = {0, 15360, 0, 15360}, float16 e = {5120}> {
      m = ReduceMean <axes = [-1]> (x) c = Sub(x, m) q = Mul(c, c) v = ReduceMean <axes = [-1]> (q)
      s = Add(v, e) r = Sqrt(s) n = Div(c, r) g = Mul(n, w) y = Add(g, b)
    })",
                 R"(
    g (float16[B, 4] x) => (float16[B, 4] y)
      <float16[4] w = {15360, 16384, 16896, 17408}, float16[4] b = {0, 15360, 0, 15360}> {
      y = LayerNormalization <axis = -1, epsilon = 0.0009765625> (x, w, b)
    })");
}

}  // namespace
}  // namespace ortopt
