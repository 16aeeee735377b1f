#include "tests/support/rewrite_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/ir/graph.h"
#include "ortopt/pass/facts.h"
#include "tests/support/graph_text.h"
#include "tests/support/numeric_oracle.h"

namespace ortopt::test_support {
namespace {

using ::testing::HasSubstr;

/// −(−x) = x; replaces the second Neg by `op`.
class DoubleNegation final : public Pass {
 public:
  explicit DoubleNegation(std::string op = "Identity", std::string domain = "")
      : op_(std::move(op)), domain_(std::move(domain)) {}

  [[nodiscard]] std::string_view id() const override { return "double_negation"; }
  [[nodiscard]] std::string_view summary() const override { return "for this test"; }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override {
    Changes changes;
    for (Node* outer : graph.node_list()) {
      if (outer->is_removed() || !outer->is("Neg")) continue;
      Node* inner = outer->input(0)->producer();
      if (inner == nullptr || !inner->is("Neg")) {
        const bool feeds_one = !outer->output()->uses().empty();
        if (!feeds_one)
          context.facts().misses.push_back(
              {"double_negation", outer->name(), "Neg", "its input is no negation"});
        continue;
      }
      Value& by =
          *graph
               .insert(
                   {.domain = domain_, .op = op_, .inputs = {inner->input(0)}, .outputs = {"kept"}},
                   outer)
               .output();
      graph.replace_uses(*outer->output(), by);
      if (outer->output()->is_graph_output()) graph.set_output(0, by);
      graph.remove(*outer);
      if (inner->output()->is_dead()) graph.remove(*inner);
      ++changes.count;
    }
    return changes;
  }

 private:
  std::string op_;
  std::string domain_;
};

constexpr const char* twice = "g (float[B,2] x) => (float[B,2] y) { a = Neg(x) y = Neg(a) }";
constexpr const char* once = "g (float[B,2] x) => (float[B,2] y) { y = Neg(x) }";
constexpr const char* none = "g (float[B,2] x) => (float[B,2] y) { y = Identity(x) }";

TEST(RewriteCheck, AcceptsTheExpectedResult) {
  EXPECT_REWRITE(DoubleNegation{}, twice, none);
  EXPECT_REWRITE(DoubleNegation{}, twice, none, PassOptions{});
}

TEST(RewriteCheck, ShowsADiffOfAnUnexpectedResult) {
  const auto verdict = rewrites(DoubleNegation{}, twice, once);
  ASSERT_FALSE(verdict);
  EXPECT_THAT(verdict.message(), HasSubstr("- Neg_1 = Neg (x)"));
  EXPECT_THAT(verdict.message(), HasSubstr("+ Identity_1 = Identity (x)"));
}

TEST(RewriteCheck, RefusesAResultThatComputesSomethingElse) {
  if (!has_runtime()) GTEST_SKIP() << "no ONNX Runtime found";
  const auto verdict =
      rewrites(DoubleNegation{"Abs"}, twice, "g (float[B,2] x) => (float[B,2] y) { y = Abs(x) }");
  ASSERT_FALSE(verdict);
  EXPECT_THAT(verdict.message(), HasSubstr("output 'y': element"));
}

TEST(RewriteCheck, RefusesAPassThatDoesNotStop) {
  const auto verdict = rewrites(
      DoubleNegation{"Neg"}, "g (float x) => (float y) { a = Neg(x) b = Neg(a) y = Neg(b) }", once);
  EXPECT_FALSE(verdict);
}

TEST(RewriteCheck, RefusesAnOperatorThatTheRestOfTheProgramDoesNotKnow) {
  const auto verdict = rewrites(DoubleNegation{"Keep", "com.microsoft"}, twice,
                                "g (float[B,2] x) => (float[B,2] y) { y = com.microsoft.Keep(x) }");
  ASSERT_FALSE(verdict);
  EXPECT_THAT(verdict.message(), HasSubstr("Keep has no shape rule"));
  EXPECT_THAT(verdict.message(), HasSubstr("Keep has no types"));
}

/// Removes the node that is stored first and whose result is unused: which one depends on the
/// order.
class FirstDead final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "first_dead"; }
  [[nodiscard]] std::string_view summary() const override { return "for this test"; }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context&) const override {
    std::vector<Node*> dead;
    for (Node& node : graph.nodes())
      if (node.output()->is_dead()) dead.push_back(&node);
    if (dead.size() < 2) return Changes{0};
    graph.remove(*dead.front());
    return Changes{1};
  }
};

TEST(RewriteCheck, RefusesAPassThatDependsOnTheOrderOfNodes) {
  const auto verdict =
      rewrites(FirstDead{}, "g (float x) => (float y) { a = Neg(x) b = Abs(x) y = Exp(x) }",
               "g (float x) => (float y) { b = Abs(x) y = Exp(x) }");
  ASSERT_FALSE(verdict);
  EXPECT_THAT(verdict.message(), HasSubstr("depends on the order in which nodes are stored"));
}

TEST(RewriteCheck, AcceptsAnUnchangedGraphForTheRightReason) {
  EXPECT_UNCHANGED(DoubleNegation{}, once, "no negation");
  EXPECT_UNCHANGED(DoubleNegation{}, none, "");
}

TEST(RewriteCheck, RefusesAnUnchangedGraphForTheWrongReason) {
  EXPECT_FALSE(leaves_unchanged(DoubleNegation{}, once, "some other reason"));
  EXPECT_FALSE(leaves_unchanged(DoubleNegation{}, once, ""));
  EXPECT_FALSE(leaves_unchanged(DoubleNegation{}, twice, "no negation"));
}

}  // namespace
}  // namespace ortopt::test_support
