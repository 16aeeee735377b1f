#include "ortopt/passes/fast_gelu.h"

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

constexpr double outer = 0.7978845608;
constexpr double inner = 0.044715;

Expression gate(const Expression& x, const Expression& argument) {
  return product({number(0.5), x, sum({number(1), call("Tanh", {argument})})});
}

void expect_all(const Expression& expression, const test_support::SpellingOptions& options = {}) {
  const std::string type = name_of(options.type) + "[B, S, 8]";
  const std::string signature = "(" + type + " x) => (" + type + " y)";
  for (const std::string& text : spellings(expression, signature, "y", options))
    EXPECT_REWRITE(FastGelu{}, text, "g " + signature + " { y = com.microsoft.FastGelu(x) }")
        << text;
}

TEST(FastGelu, TakesEverySpellingOfTheCube) {
  const Expression x = input("x");
  const Expression cubic = any_of({product({number(inner), call("Pow", {x, number(3)})}),
                                   product({number(inner), x, x, x}),
                                   product({number(inner), product({x, product({x, x})})}),
                                   product({number(inner), x, call("Pow", {x, number(2)})})});
  expect_all(gate(x, product({number(outer), sum({x, cubic})})), {.limit = 200});
}

TEST(FastGelu, TakesTheFactoredArgument) {
  const Expression x = input("x");
  const Expression square = any_of({call("Pow", {x, number(2)}), product({x, x})});
  expect_all(
      gate(x, product({number(outer), x, sum({number(1), product({number(inner), square})})})),
      {.limit = 100});
}

TEST(FastGelu, TakesTheHalfMultipliedOut) {
  const Expression x = input("x");
  const Expression cubic = product({number(inner), call("Pow", {x, number(3)})});
  const Expression argument = product({number(outer), sum({x, cubic})});
  expect_all(product({x, sum({number(0.5), product({number(0.5), call("Tanh", {argument})})})}),
             {.limit = 40});
}

TEST(FastGelu, TakesTheArgumentMultipliedOut) {
  const Expression x = input("x");
  expect_all(gate(x, sum({product({number(outer), x}),
                          product({number(outer * inner), call("Pow", {x, number(3)})})})),
             {.limit = 40});
}

TEST(FastGelu, TakesHalfPrecision) {
  const Expression x = input("x");
  const Expression cubic = product({number(inner), call("Pow", {x, number(3)})});
  expect_all(gate(x, product({number(outer), sum({x, cubic})})),
             {.type = DataType::float16, .limit = 8});
}

std::string with_inner(const std::string& factor, const std::string& exponent) {
  return "g (float[B, 8] x) => (float[B, 8] y) <float three = {" + exponent + "}, float c = {" +
         factor + R"(}, float r = {0.797885}, float one = {1}, float half = {0.5}> {
      cube = Pow(x, three) c1 = Mul(cube, c) c2 = Add(x, c1) c3 = Mul(c2, r) t = Tanh(c3)
      s = Add(t, one) h = Mul(x, half) y = Mul(h, s)
    })";
}

TEST(FastGelu, KeepsOtherNumbers) {
  EXPECT_UNCHANGED(FastGelu{}, with_inner("0.05", "3"), "'c' is 0.05, not the constant 0.044715");
  EXPECT_UNCHANGED(FastGelu{}, with_inner("0.044715", "2"), "'three' is 2, not the constant 3");
}

TEST(FastGelu, SaysNothingOfAPooler) {
  EXPECT_UNCHANGED(FastGelu{}, "g (float[B, 8] x) => (float[B, 8] y) { y = Tanh(x) }", "");
}

TEST(FastGelu, KeepsATanhThatSomeoneElseReads) {
  EXPECT_UNCHANGED(FastGelu{}, R"(
    g (float[B, 8] x) => (float[B, 8] y, float[B, 8] t)
      <float three = {3}, float c = {0.044715}, float r = {0.797885}, float one = {1}, float half = {0.5}> {
      cube = Pow(x, three) c1 = Mul(cube, c) c2 = Add(x, c1) c3 = Mul(c2, r) t = Tanh(c3)
      s = Add(t, one) h = Mul(x, half) y = Mul(h, s)
    })",
                   "'t' is a graph output");
}

}  // namespace
}  // namespace ortopt
