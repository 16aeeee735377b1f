#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/graph_text.h"

namespace ortopt::test_support {
namespace {

constexpr std::string_view sum = R"(
  g (float[2] x, float[2] z) => (float[2] y) <float c = {0.5}> {
    a = Mul(x, c)
    b = Neg(z)
    y = Add(a, b)
  })";

TEST(CanonicalText, IgnoresNamesNodeOrderAndCommutativeOrder) {
  EXPECT_TRUE(same_graph(sum, model_of(R"(
    other (float[2] x, float[2] z) => (float[2] y) <float half = {0.5}> {
      [named] q = Neg(z)
      p = Mul(half, x)
      y = Add(q, p)
    })")
                                  ->graph()));
}

TEST(CanonicalText, SeesOperandsOfWhatDoesNotCommute) {
  EXPECT_FALSE(
      same_graph("g (float x, float z) => (float y) { y = Sub(x, z) }",
                 model_of("g (float x, float z) => (float y) { y = Sub(z, x) }")->graph()));
}

TEST(CanonicalText, SeesConstants) {
  const auto other = model_of(R"(
    g (float[2] x, float[2] z) => (float[2] y) <float c = {0.25}> {
      a = Mul(x, c)
      b = Neg(z)
      y = Add(a, b)
    })");
  const auto verdict = same_graph(sum, other->graph());
  ASSERT_FALSE(verdict);
  EXPECT_THAT(verdict.message(), ::testing::HasSubstr("+ Mul_1 = Mul (x, float {0.25})"));
  EXPECT_THAT(verdict.message(), ::testing::HasSubstr("  Neg_1 = Neg (z)"));
}

TEST(CanonicalText, SeesThatAValueIsComputedTwice) {
  EXPECT_FALSE(
      same_graph("g (float x) => (float y) { a = Neg(x) b = Neg(x) y = Add(a, b) }",
                 model_of("g (float x) => (float y) { a = Neg(x) y = Add(a, a) }")->graph()));
}

TEST(CanonicalText, SeesDeadNodesAndUnusedConstants) {
  const char* plain = "g (float x) => (float y) { y = Neg(x) }";
  EXPECT_FALSE(
      same_graph(plain, model_of("g (float x) => (float y) { y = Neg(x) d = Abs(y) }")->graph()));
  EXPECT_FALSE(same_graph(
      plain, model_of("g (float x) => (float y) <float u = {1}> { y = Neg(x) }")->graph()));
}

TEST(CanonicalText, SeesAttributesDomainsAndLeftOutInputs) {
  const auto text = [](const char* call) {
    return canonical_text(
        model_of("g (float x) => (float y) { y = " + std::string(call) + " }")->graph());
  };
  EXPECT_NE(text("Gelu(x)"), text("com.microsoft.Gelu(x)"));
  EXPECT_NE(text("Elu <alpha = 1.0>(x)"), text("Elu <alpha = 2.0>(x)"));
  EXPECT_NE(text("Clip(x, x)"), text("Clip(x, \"\", x)"));
  EXPECT_EQ(text("Selu <alpha = 1.0, gamma = 2.0>(x)"), text("Selu <gamma = 2.0, alpha = 1.0>(x)"));
}

TEST(CanonicalText, LooksIntoNestedGraphs) {
  const auto text = [](const char* branch) {
    return canonical_text(model_of("g (bool c, float x) => (float y) { a = Neg(x) y = If(c) "
                                   "<then_branch = t () => (float p) { " +
                                   std::string(branch) +
                                   " }, else_branch = e () => (float q) { q = Exp(x) }> }")
                              ->graph());
  };
  EXPECT_EQ(text("p = Abs(a)"), text("p = Abs(a)"));
  EXPECT_EQ(text("h = Abs(a) p = Neg(h)"), text("other = Abs(a) p = Neg(other)"));
  EXPECT_NE(text("p = Abs(a)"), text("p = Abs(x)"));
}

TEST(Reordered, IsTheSameGraphInAnotherOrder) {
  const auto model = model_of(sum);
  const auto other = reordered(*model);
  EXPECT_TRUE(same_graph(model->graph(), other->graph()));
  EXPECT_EQ(model->graph().nodes().begin()->op(), "Mul");
  EXPECT_EQ(other->graph().nodes().begin()->op(), "Neg");
}

}  // namespace
}  // namespace ortopt::test_support
