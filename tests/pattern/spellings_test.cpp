#include "tests/support/spellings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "ortopt/pattern/vocabulary.h"
#include "pattern/search.h"
#include "tests/pattern/pattern_check.h"

namespace ortopt::pattern {
namespace {

using test_support::any_of;
using test_support::Expression;
using test_support::input;
using test_support::product;
using test_support::spellings;
using test_support::sum;

constexpr std::string_view signature = "(float[B, S, 8] x) => (float[B, S, 8] y)";

/// Steps that a search takes on the graph; fails when it finds nothing.
int steps_in(const Pattern& pattern, const std::string& text) {
  const auto model = test_support::model_of(text);
  const Analysis facts(model->graph());
  Search search(*model->graph().find("y"), facts, {});
  const bool found =
      pattern.match(*model->graph().find("y"), search, [&] { return search.accepts({}); });
  EXPECT_TRUE(found) << text << "\n" << search.nearest_miss().reason;
  return search.steps();
}

void expect_few_steps(const Pattern& pattern, const Expression& expression, int limit) {
  const auto texts = spellings(expression, signature, "y", {.limit = 200});
  EXPECT_GE(texts.size(), 2U);
  for (const std::string& text : texts) EXPECT_LE(steps_in(pattern, text), limit) << text;
}

TEST(Spellings, GeluTakesFewSteps) {
  const Pattern x = any("x");
  const Expression in = input("x");
  const Expression argument =
      any_of({test_support::call("Div", {in, test_support::number(std::numbers::sqrt2)}),
              product({in, test_support::number(std::numbers::sqrt2 / 2)})});
  expect_few_steps(0.5 * x * (1.0 + erf(x / std::numbers::sqrt2)),
                   product({test_support::number(0.5), in,
                            sum({test_support::number(1), test_support::call("Erf", {argument})})}),
                   60);
}

TEST(Spellings, RotaryBindsInEveryOperandOrder) {
  // x·cos + rotated·sin: four captures in two products, which must not be mixed up.
  const Pattern x = any("x");
  const Pattern rotated = call("Neg", {x});
  const Pattern cosine = call("Cos", {any("angle")});
  const Pattern sine = call("Sin", {any("angle")});
  const Expression in = input("x");
  expect_few_steps(
      x * cosine + rotated * sine,
      sum({product({in, test_support::call("Cos", {in})}),
           product({test_support::call("Neg", {in}), test_support::call("Sin", {in})})}),
      60);
}

TEST(Vocabulary, SquareAndCube) {
  const Expression x = input("x");
  expect_few_steps(
      square(any("x")),
      any_of({product({x, x}), test_support::call("Pow", {x, test_support::number(2)})}), 20);
  expect_few_steps(2.0 * cube(any("x")),
                   any_of({product({test_support::number(2), x, x, x}),
                           product({test_support::number(2),
                                    test_support::call("Pow", {x, test_support::number(3)})})}),
                   120);
}

TEST(Vocabulary, ReciprocalSquareRoot) {
  const Expression x = input("x");
  const Expression one = test_support::number(1);
  const Expression root = any_of(
      {test_support::call("Sqrt", {x}), test_support::call("Pow", {x, test_support::number(0.5)})});
  const Expression inverse =
      any_of({test_support::call("Reciprocal", {root}), test_support::call("Div", {one, root}),
              test_support::call("Pow", {x, test_support::number(-0.5)}),
              test_support::call("Sqrt", {test_support::call("Reciprocal", {x})})});
  expect_few_steps(rsqrt(any("x")), inverse, 30);
  const Expression other = test_support::call("Exp", {x});
  expect_few_steps(call("Exp", {any("z")}) * rsqrt(any("x")),
                   any_of({product({other, inverse}), test_support::call("Div", {other, root})}),
                   60);
}

TEST(Vocabulary, SigmoidInPieces) {
  const Expression x = input("x");
  const Expression pieces =
      sum({test_support::number(1), test_support::call("Exp", {test_support::call("Neg", {x})})});
  expect_few_steps(
      sigmoid(any("x")),
      any_of({test_support::call("Sigmoid", {x}), test_support::call("Reciprocal", {pieces}),
              test_support::call("Div", {test_support::number(1), pieces})}),
      40);
}

struct Reduction {
  std::string body;
  bool is_mean;
};

class Means : public testing::TestWithParam<Reduction> {};

TEST_P(Means, OverTheLastAxisAlone) {
  const std::string graph =
      "<ir_version: 8, opset_import: [\"\" : 18]> g (float[B, S, 8] x) => "
      "(float[B, S, 1] y) <int64[1] last = {-1}, int64[1] second = {2}, "
      "int64[1] first = {1}, int64[2] both = {1, 2}, float eight = {8}, "
      "float eighth = {0.125}, float seven = {7}> {" +
      GetParam().body + "}";
  EXPECT_EQ(test::find_in(mean(any("x")), graph), GetParam().is_mean)
      << test::explanation(mean(any("x")), graph);
}

INSTANTIATE_TEST_SUITE_P(
    Spelled, Means,
    testing::Values(Reduction{"y = ReduceMean(x, last)", true},
                    Reduction{"y = ReduceMean(x, second)", true},
                    Reduction{"y = ReduceMean<axes = [-1]>(x)", true},
                    Reduction{"y = ReduceMean<axes = [2], keepdims = 1>(x)", true},
                    Reduction{"y = GlobalAveragePool(x)", true},
                    Reduction{"t = ReduceSum(x, last) y = Div(t, eight)", true},
                    Reduction{"t = ReduceSum(x, last) y = Mul(eighth, t)", true},
                    Reduction{"t = ReduceSum(x, last) y = Div(t, seven)", false},
                    Reduction{"y = ReduceMean(x, first)", false},
                    Reduction{"y = ReduceMean(x, both)", false},
                    Reduction{"y = ReduceMean(x)", false},
                    Reduction{"y = ReduceMean<keepdims = 0>(x, last)", false},
                    Reduction{"y = ReduceMax(x, last)", false}));

TEST(Vocabulary, GlobalAveragePoolOfRank4IsNoMeanOverOneAxis) {
  EXPECT_EQ(test::explanation(mean(any("x")),
                              "g (float[B, S, 4, 8] x) => (float[B, S, 1, 1] y) "
                              "{ y = GlobalAveragePool(x) }"),
            "GlobalAveragePool 'y': it averages the last axis alone at rank 3 only");
}

TEST(Vocabulary, VarianceMeansTheSameValueThroughout) {
  const std::string graph =
      "<ir_version: 8, opset_import: [\"\" : 18]> g (float[B, 8] x, float[B, 8] z) => (float[B, 1] "
      "y) "
      "<int64[1] last = {-1}, float two = {2}> { m = ReduceMean(x, last) c = Sub(x, m) ";
  EXPECT_TRUE(
      test::find_in(variance(any("x")), graph + "s = Pow(c, two) y = ReduceMean(s, last) }"));
  EXPECT_TRUE(test::find_in(variance(any("x")),
                            graph + "d = Sub(x, m) s = Mul(c, d) y = ReduceMean(s, last) }"));
  EXPECT_FALSE(test::find_in(variance(any("x")),
                             graph + "d = Sub(z, m) s = Mul(d, d) y = ReduceMean(s, last) }"));
}

TEST(Vocabulary, SoftmaxIsOverTheLastAxis) {
  const Pattern pattern = softmax(any("x"));
  const std::string types = "g (float[B, S, 8] x) => (float[B, S, 8] y) ";
  EXPECT_TRUE(test::find_in(pattern, types + "{ y = Softmax(x) }"));
  EXPECT_TRUE(test::find_in(pattern, types + "{ y = Softmax<axis = 2>(x) }"));
  EXPECT_FALSE(test::find_in(pattern, types + "{ y = Softmax<axis = 1>(x) }"));
  // Before opset 13 the default was 1.
  EXPECT_FALSE(test::find_in(
      pattern, "<ir_version: 7, opset_import: [\"\" : 12]> " + types + "{ y = Softmax(x) }"));
}

}  // namespace
}  // namespace ortopt::pattern
