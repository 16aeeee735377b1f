#include "ortopt/passes/rms_norm.h"

#include <gtest/gtest.h>

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

TEST(RmsNorm, TakesEverySpelling) {
  const Expression x = input("x");
  const Expression square = any_of({call("Pow", {x, number(2)}), product({x, x})});
  const Expression root =
      call("Sqrt", {sum({call("ReduceMean <axes = [-1]>", {square}), number(1e-5)})});
  const Expression norm =
      any_of({product({x, call("Reciprocal", {root})}),
              product({x, call("Div", {number(1), root})}), call("Div", {x, root})});
  for (std::string text :
       spellings(product({input("w"), norm}), "(float[B, S, 4] x) => (float[B, S, 4] y)", "y",
                 {.limit = 60})) {
    text.insert(text.find('<', text.find("=>")) + 1, "float[4] w = {1, 2, 3, 4}, ");
    EXPECT_REWRITE(RmsNorm{}, text, R"(
      g (float[B, S, 4] x) => (float[B, S, 4] y) <float[4] w = {1, 2, 3, 4}> {
        y = SimplifiedLayerNormalization <axis = -1, epsilon = 0.00001, stash_type = 1> (x, w)
      })")
        << text;
  }
}

TEST(RmsNorm, WidensHalvesAsTheOperatorDoes) {
  EXPECT_REWRITE(RmsNorm{}, R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float16[B, 4] x) => (float16[B, 4] y)
      <float16[4] w = {15360, 16384, 16896, 17408}, float e = {0.00001}, float two = {2}> {
      c = Cast<to = 1>(x) q = Pow(c, two) m = ReduceMean<axes = [-1]>(q) s = Add(m, e) r = Sqrt(s)
      i = Reciprocal(r) n = Mul(c, i) h = Cast<to = 10>(n) y = Mul(w, h)
    })",
                 R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float16[B, 4] x) => (float16[B, 4] y) <float16[4] w = {15360, 16384, 16896, 17408}> {
      y = SimplifiedLayerNormalization <axis = -1, epsilon = 0.00001, stash_type = 1> (x, w)
    })");
}

// A gain of ones, as training begins with, is gone by then.
TEST(RmsNorm, MakesTheScaleThatIsMissing) {
  EXPECT_REWRITE(RmsNorm{}, R"(
    g (float[B, S, 4] x) => (float[B, S, 4] y) <float e = {0.00001}> {
      q = Mul(x, x) m = ReduceMean<axes = [-1]>(q) s = Add(m, e) r = Sqrt(s) y = Div(x, r)
    })",
                 R"(
    g (float[B, S, 4] x) => (float[B, S, 4] y) <float[4] w = {1, 1, 1, 1}> {
      y = SimplifiedLayerNormalization <axis = -1, epsilon = 0.00001, stash_type = 1> (x, w)
    })");
}

TEST(RmsNorm, KeepsAnotherAxis) {
  EXPECT_UNCHANGED(RmsNorm{}, R"(
    g (float[B, S, 4] x) => (float[B, S, 4] y) <float[4] w = {1, 2, 3, 4}, float e = {0.00001}> {
      q = Mul(x, x) m = ReduceMean<axes = [1]>(q) s = Add(m, e) r = Sqrt(s) n = Div(x, r) y = Mul(w, n)
    })",
                   "it does not average over the last axis alone");
}

TEST(RmsNorm, KeepsTheMeanOfAnotherValue) {
  EXPECT_UNCHANGED(RmsNorm{}, R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[B, 4] x, float[B, 4] z) => (float[B, 4] y) <float[4] w = {1, 2, 3, 4}, float e = {0.00001}> {
      q = Mul(z, z) m = ReduceMean<axes = [-1]>(q) s = Add(m, e) r = Sqrt(s) n = Div(x, r) y = Mul(w, n)
    })",
                   "x is 'x' and cannot be 'z' too");
}

TEST(RmsNorm, LeavesAScaleThatIsNoVectorOfFeaturesBehindTheNorm) {
  EXPECT_REWRITE(RmsNorm{}, R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[B, 4] x) => (float[B, 4] y) <float[1] w = {2}, float e = {0.00001}> {
      q = Mul(x, x) m = ReduceMean<axes = [-1]>(q) s = Add(m, e) r = Sqrt(s) n = Div(x, r) y = Mul(w, n)
    })",
                 R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[B, 4] x) => (float[B, 4] y) <float[1] w = {2}, float[4] ones = {1, 1, 1, 1}> {
      n = SimplifiedLayerNormalization <axis = -1, epsilon = 0.00001, stash_type = 1> (x, ones)
      y = Mul(w, n)
    })");
}

TEST(RmsNorm, KeepsWhatAConstantMakesOfAHigherRank) {
  EXPECT_UNCHANGED(RmsNorm{}, R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[B, 4] x) => (float[1, B, 4] y) <float[1, 1, 4] w = {1, 2, 3, 4}, float e = {0.00001}> {
      q = Mul(x, x) m = ReduceMean<axes = [-1]>(q) s = Add(m, e) r = Sqrt(s) n = Div(x, r) y = Mul(w, n)
    })",
                   "a constant may broadcast 'x' to another shape");
}

TEST(RmsNorm, KeepsAnEpsilonThatIsNotPositive) {
  EXPECT_UNCHANGED(RmsNorm{}, R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[B, 4] x) => (float[B, 4] y) <float[4] w = {1, 2, 3, 4}, float e = {0}> {
      q = Mul(x, x) m = ReduceMean<axes = [-1]>(q) s = Add(m, e) r = Sqrt(s) n = Div(x, r) y = Mul(w, n)
    })",
                   "epsilon is not positive");
}

TEST(RmsNorm, TwoNormsOfOneValueShareWhatComesBeforeGamma) {
  const std::string signature = R"(
    g (float[B, 4] x) => (float[B, 4] y, float[B, 4] z)
      <float[4] w = {1, 2, 3, 4}, float[4] v = {4, 3, 2, 1})";
  EXPECT_REWRITE(RmsNorm{}, signature + R"(, float e = {0.00001}> {
      q = Mul(x, x) m = ReduceMean<axes = [-1]>(q) s = Add(m, e) r = Sqrt(s) n = Div(x, r)
      y = Mul(w, n) z = Mul(n, v)
    })",
                 signature + R"(> {
      y = SimplifiedLayerNormalization <axis = -1, epsilon = 0.00001, stash_type = 1> (x, w)
      z = SimplifiedLayerNormalization <axis = -1, epsilon = 0.00001, stash_type = 1> (x, v)
    })");
}

TEST(RmsNorm, KeepsPiecesThatSomeoneElseReads) {
  EXPECT_UNCHANGED(RmsNorm{}, R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[B, 4] x) => (float[B, 4] y, float[B, 1] r) <float[4] w = {1, 2, 3, 4}, float e = {0.00001}> {
      q = Mul(x, x) m = ReduceMean<axes = [-1]>(q) s = Add(m, e) r = Sqrt(s) n = Div(x, r) y = Mul(w, n)
    })",
                   "'r' is a graph output");
}

TEST(RmsNorm, SaysNothingOfAnotherSquareRoot) {
  EXPECT_UNCHANGED(RmsNorm{}, "g (float[B, 4] x) => (float[B, 4] y) { y = Sqrt(x) }", "");
}

}  // namespace
}  // namespace ortopt
