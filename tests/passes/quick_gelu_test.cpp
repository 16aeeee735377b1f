#include "ortopt/passes/quick_gelu.h"

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

constexpr std::string_view signature = "(float[B, S, 8] x) => (float[B, S, 8] y)";

void expect_all(const Expression& expression, const std::string& alpha) {
  for (const std::string& text : spellings(expression, signature, "y", {.limit = 40}))
    EXPECT_REWRITE(QuickGelu{}, text,
                   "g " + std::string(signature) +
                       " { y = com.microsoft.QuickGelu <alpha = " + alpha + "> (x) }")
        << text;
}

TEST(QuickGelu, TakesEverySpelling) {
  const Expression x = input("x");
  const Expression scaled = product({x, number(1.702)});
  const Expression pieces =
      call("Reciprocal", {sum({number(1), call("Exp", {call("Neg", {scaled})})})});
  expect_all(product({x, any_of({call("Sigmoid", {scaled}), pieces})}), "1.702");
}

TEST(QuickGelu, TakesSiLUWithoutAFactor) {
  const Expression x = input("x");
  expect_all(product({x, call("Sigmoid", {x})}), "1.0");
}

TEST(QuickGelu, KeepsAFactorThatIsNoNumber) {
  EXPECT_UNCHANGED(QuickGelu{}, R"(
    g (float[B, 8] x) => (float[B, 8] y) <float[8] a = {1, 2, 3, 4, 5, 6, 7, 8}> {
      t = Mul(x, a) s = Sigmoid(t) y = Mul(x, s)
    })",
                   "'a' is not one constant number (alpha)");
}

TEST(QuickGelu, SaysNothingOfAGateOfAnotherValue) {
  EXPECT_UNCHANGED(QuickGelu{}, R"(
    g (float[B, 8] x, float[B, 8] z) => (float[B, 8] y) { s = Sigmoid(x) y = Mul(z, s) })",
                   "");
}

TEST(QuickGelu, KeepsAConstantThatBroadcasts) {
  EXPECT_UNCHANGED(QuickGelu{}, R"(
    g (float[B, 8] x) => (float[1, B, 8] y) <float[1, 1, 1] a = {1.702}> {
      t = Mul(x, a) s = Sigmoid(t) y = Mul(x, s)
    })",
                   "a constant may broadcast 'x' to another shape");
}

TEST(QuickGelu, KeepsASigmoidThatSomeoneElseReads) {
  EXPECT_UNCHANGED(QuickGelu{}, R"(
    g (float[B, 8] x) => (float[B, 8] y, float[B, 8] s) { s = Sigmoid(x) y = Mul(x, s) })",
                   "'s' is a graph output");
}

}  // namespace
}  // namespace ortopt
