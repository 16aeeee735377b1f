#include "ortopt/passes/gelu.h"

#include <gtest/gtest.h>

#include <numbers>

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

constexpr std::string_view fused =
    "g (float[B, S, 8] x) => (float[B, S, 8] y) { y = com.microsoft.Gelu(x) }";

Expression error_of(const Expression& x) {
  return call("Erf", {any_of({call("Div", {x, number(std::numbers::sqrt2)}),
                              product({x, number(std::numbers::sqrt2 / 2)})})});
}

Expression spelled(const Expression& x) {
  const Expression gate = sum({number(1), error_of(x)});
  return any_of({product({number(0.5), x, gate}), call("Div", {product({x, gate}), number(2)})});
}

void expect_all(const Expression& expression) {
  const auto all = spellings(expression, "(float[B, S, 8] x) => (float[B, S, 8] y)", "y");
  EXPECT_GE(all.size(), 48U);
  for (const std::string& text : all) EXPECT_REWRITE(Gelu{}, text, fused) << text;
}

TEST(Gelu, TakesEverySpelling) { expect_all(spelled(input("x"))); }

TEST(Gelu, TakesTheHalfMultipliedOut) {
  const Expression x = input("x");
  expect_all(product({x, sum({number(0.5), product({number(0.5), error_of(x)})})}));
}

TEST(Gelu, TakesHalfPrecision) {
  const auto all = spellings(spelled(input("x")), "(float16[B, 8] x) => (float16[B, 8] y)", "y",
                             {.type = DataType::float16, .limit = 8});
  for (const std::string& text : all)
    EXPECT_REWRITE(Gelu{}, text,
                   "g (float16[B, 8] x) => (float16[B, 8] y) { y = com.microsoft.Gelu(x) }")
        << text;
}

std::string with_numbers(std::string_view half, std::string_view root, std::string_view one) {
  return "g (float[B, 8] x) => (float[B, 8] y) <float h = {" + std::string(half) +
         "}, float r = {" + std::string(root) + "}, float o = {" + std::string(one) +
         "}> { t = Div(x, r) e = Erf(t) s = Add(e, o) p = Mul(x, s) y = Mul(p, h) }";
}

TEST(Gelu, KeepsOtherNumbers) {
  EXPECT_REWRITE(Gelu{}, with_numbers("0.5", "1.41421", "1"),
                 "g (float[B, 8] x) => (float[B, 8] y) { y = com.microsoft.Gelu(x) }");
  EXPECT_UNCHANGED(Gelu{}, with_numbers("0.6", "1.41421", "1"), "'h' is 0.6, not the constant 0.5");
  EXPECT_UNCHANGED(Gelu{}, with_numbers("0.5", "1.5", "1"),
                   "'r' is 1.5, not the constant 1.414214");
  EXPECT_UNCHANGED(Gelu{}, with_numbers("0.5", "1.41421", "2"), "'o' is 2, not the constant 1");
}

TEST(Gelu, KeepsAProductOfTwoDifferentValues) {
  EXPECT_UNCHANGED(Gelu{}, R"(
    g (float[B, 8] x, float[B, 8] z) => (float[B, 8] y) <float h = {0.5}, float r = {1.41421}, float o = {1}> {
      t = Div(x, r) e = Erf(t) s = Add(e, o) p = Mul(z, s) y = Mul(p, h)
    })",
                   "x is 'z' and cannot be 'x' too");
}

TEST(Gelu, KeepsPiecesThatSomeoneElseReads) {
  EXPECT_UNCHANGED(Gelu{}, R"(
    g (float[B, 8] x) => (float[B, 8] y, float[B, 8] z)
      <float h = {0.5}, float r = {1.41421}, float o = {1}> {
      t = Div(x, r) e = Erf(t) s = Add(e, o) p = Mul(x, s) y = Mul(p, h) z = Neg(e)
    })",
                   "'e' is also used by Neg");
  EXPECT_UNCHANGED(Gelu{}, R"(
    g (float[B, 8] x) => (float[B, 8] y, float[B, 8] e)
      <float h = {0.5}, float r = {1.41421}, float o = {1}> {
      t = Div(x, r) e = Erf(t) s = Add(e, o) p = Mul(x, s) y = Mul(p, h)
    })",
                   "'e' is a graph output");
}

TEST(Gelu, KeepsAConstantThatBroadcasts) {
  EXPECT_UNCHANGED(Gelu{}, R"(
    g (float[B, 8] x) => (float[1, B, 8] y)
      <float[1, 1, 1] h = {0.5}, float r = {1.41421}, float o = {1}> {
      t = Div(x, r) e = Erf(t) s = Add(e, o) p = Mul(x, s) y = Mul(p, h)
    })",
                   "a constant may broadcast 'x' to another shape");
}

TEST(Gelu, KeepsTypesThatTheOperatorDoesNotTake) {
  EXPECT_UNCHANGED(Gelu{}, R"(
    g (double[B, 8] x) => (double[B, 8] y) <double h = {0.5}, double r = {1.41421}, double o = {1}> {
      t = Div(x, r) e = Erf(t) s = Add(e, o) p = Mul(x, s) y = Mul(p, h)
    })",
                   "Gelu has no kernel for double");
}

TEST(Gelu, TellsOfAnErfThatIsNoGelu) {
  EXPECT_UNCHANGED(Gelu{}, "g (float[B, 8] x) => (float[B, 8] y) { y = Erf(x) }",
                   "no pattern reaches it");
}

TEST(Gelu, WorksWithoutAnyKnownShape) {
  EXPECT_REWRITE(Gelu{}, R"(
    g (float[] x) => (float[] y) <float h = {0.5}, float r = {1.41421}, float o = {1}> {
      t = Div(x, r) e = Erf(t) s = Add(e, o) p = Mul(x, s) y = Mul(p, h)
    })",
                 "g (float[] x) => (float[] y) { y = com.microsoft.Gelu(x) }");
}

}  // namespace
}  // namespace ortopt
