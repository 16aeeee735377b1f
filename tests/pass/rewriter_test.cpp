#include "ortopt/pass/rewriter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/ir/model.h"
#include "ortopt/ir/verify.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using test_support::model_of;
using test_support::same_graph;
using ::testing::ElementsAre;

/// A model with what a rewrite of it needs.
class Workshop {
 public:
  explicit Workshop(std::string_view text)
      : model_(model_of(text)),
        logger_(LogLevel::off),
        context_(model_->graph(), options_, facts_, logger_) {}

  [[nodiscard]] Graph& graph() { return model_->graph(); }
  [[nodiscard]] Value& value(std::string_view name) {
    Value* found = nullptr;
    for_each_graph(graph(), [&](Graph& each) {
      if (Value* here = each.find(name)) found = here;
    });
    return *found;
  }
  [[nodiscard]] Node& node(std::string_view output) { return *value(output).producer(); }
  [[nodiscard]] Context& context() { return context_; }
  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] Model& model() { return *model_; }

  void expect(std::string_view text) {
    EXPECT_TRUE(verify(graph()).has_value());
    EXPECT_TRUE(same_graph(text, graph()));
  }

 private:
  std::unique_ptr<Model> model_;
  PassOptions options_;
  Facts facts_;
  Logger logger_;
  Context context_;
};

/// Replaces the value `old` by `op`(`input`).
void rewrite(Workshop& shop, std::string_view old, const std::string& op, std::string_view input) {
  Node& root = shop.node(old);
  Rewriter to("test", root, shop.context());
  Value& made = to.node("", op, {&shop.value(input)});
  to.replace(*root.output(), made);
  Node* const gone[] = {&root};
  to.finish(made, gone);
}

TEST(Rewriter, RemovesUpwardsWhatNobodyReadsAnyMore) {
  Workshop shop(
      "g (float[4] x) => (float[4] z) <float[4] c = {1, 2, 3, 4}> "
      "{ a = Add(x, c) b = Neg(a) y = Exp(b) z = Abs(y) }");
  rewrite(shop, "y", "Tanh", "x");
  shop.expect("g (float[4] x) => (float[4] z) { y = Tanh(x) z = Abs(y) }");
  EXPECT_EQ(shop.graph().find("c"), nullptr);
}

TEST(Rewriter, KeepsWhatOthersRead) {
  Workshop shop("g (float[4] x) => (float[4] y, float[4] z) { a = Neg(x) y = Exp(a) z = Abs(a) }");
  rewrite(shop, "y", "Tanh", "x");
  shop.expect("g (float[4] x) => (float[4] y, float[4] z) { y = Tanh(x) a = Neg(x) z = Abs(a) }");
}

TEST(Rewriter, TheResultIsCalledAsWhatItReplaces) {
  Workshop shop("g (float[4] x) => (float[4] y) { a = Neg(x) b = Exp(a) y = Abs(b) }");
  rewrite(shop, "b", "Tanh", "x");
  EXPECT_TRUE(shop.value("b").producer()->is("Tanh"));
}

TEST(Rewriter, OutputsKeepTheirNames) {
  Workshop shop("g (float[4] x) => (float[4] y) { a = Neg(x) y = Exp(a) }");
  rewrite(shop, "y", "Tanh", "x");
  EXPECT_EQ(shop.graph().outputs().front()->name(), "y");
}

TEST(Rewriter, AnOuterValueThatANestedGraphReturnsIsReplacedToo) {
  Workshop shop(R"(
    g (bool c, float[4] x) => (float[4] z) {
      a = Neg(x) y = Exp(a)
      z = If(c) <then_branch = t () => (float[4] p) { p = Abs(y) },
                 else_branch = e () => (float[4] q) { q = Sin(x) }>
    })");
  Graph& nested = shop.value("q").graph();
  nested.add_output(shop.value("y"));
  rewrite(shop, "y", "Tanh", "x");
  EXPECT_TRUE(verify(shop.graph()).has_value());
  EXPECT_FALSE(nested.outputs()[1]->is_dead());
  EXPECT_EQ(shop.graph().node_count(), 2U);
}

TEST(Rewriter, RestoresTheOrderWhenAReaderComesFirst) {
  // `late` stands for two values; one of them is read before it is made.
  Workshop shop(
      "g (float[4] x) => (float[4] r, float[4] y) "
      "{ s = Exp(x) r = Neg(s) y = Abs(s) }");
  Node& root = shop.node("y");
  Rewriter to("test", root, shop.context());
  Node& made = to.node(NodeSpec{.op = "Split",
                                .inputs = {&shop.value("x")},
                                .outputs = {"first", "second"},
                                .attributes = {{"num_outputs", int64_t{2}}}});
  to.replace(shop.value("s"), *made.output(1));
  to.replace(*root.output(), *made.output(0));
  Node* const gone[] = {&root};
  to.finish(*made.output(0), gone);
  EXPECT_TRUE(verify(shop.graph()).has_value());
  EXPECT_TRUE(made.precedes(shop.node("r")));
  EXPECT_EQ(shop.graph().node_count(), 2U);
}

TEST(Rewriter, EqualConstantsAreOne) {
  Workshop shop("g (float[4] x) => (float[4] y) { y = Neg(x) }");
  Rewriter to("test", shop.node("y"), shop.context());
  Value& one = to.constant("one", Tensor::scalar(DataType::float32, 1));
  Value& two = to.constant("one", Tensor::scalar(DataType::float32, 2));
  EXPECT_NE(&one, &two);
  EXPECT_EQ(&to.constant("one", Tensor::scalar(DataType::float32, 1)), &one);
  EXPECT_EQ(&to.constant("one", Tensor::scalar(DataType::float32, 2)), &two);
  EXPECT_NE(&to.constant("one", Tensor::scalar(DataType::float64, 1)), &one);
}

TEST(Rewriter, ImportsTheDomainsThatItUses) {
  Workshop shop(
      "<ir_version: 8, opset_import: [\"\" : 17]> "
      "g (float[4] x) => (float[4] y) { y = Erf(x) }");
  Node& root = shop.node("y");
  Rewriter to("test", root, shop.context());
  Value& made = to.node("com.microsoft", "Gelu", {&shop.value("x"), nullptr});
  to.replace(*root.output(), made);
  Node* const gone[] = {&root};
  to.finish(made, gone);
  EXPECT_EQ(shop.model().opset("com.microsoft"), Opset{1});
  EXPECT_EQ(made.producer()->inputs().size(), 1U);
}

TEST(Rewriter, TellsTheAnalysis) {
  Workshop shop("g (float[B, 4] x) => (float[B, 4] y) { a = Neg(x) y = Exp(a) }");
  const auto before = shop.context().analysis().shape(shop.value("y"));
  rewrite(shop, "y", "Tanh", "x");
  EXPECT_TRUE(shop.context().has_analysis());
  EXPECT_EQ(shop.context().analysis().shape(shop.value("y")), before);
  EXPECT_EQ(shop.context().analysis().dtype(shop.value("y")), DataType::float32);
}

TEST(Rewriter, KeepsAJournal) {
  Workshop shop("g (float[4] x) => (float[4] z) { a = Neg(x) y = Exp(a) z = Abs(y) }");
  rewrite(shop, "y", "Tanh", "x");
  ASSERT_EQ(shop.facts().rewrites.size(), 1U);
  const Rewrite& rewritten = shop.facts().rewrites.front();
  EXPECT_EQ(rewritten.pass, "test");
  EXPECT_EQ(rewritten.made, "Tanh");
  EXPECT_THAT(rewritten.replaced, ElementsAre("y", "a"));
}

TEST(Rewriter, RemovalTakesNestedGraphsAlong) {
  Workshop shop(R"(
    g (bool c, float[4] x) => (float[4] y) <float[4] k = {1, 2, 3, 4}> {
      a = Neg(x)
      z = If(c) <then_branch = t () => (float[4] p) { p = Add(a, k) },
                 else_branch = e () => (float[4] q) { q = Exp(x) }>
      y = Abs(x)
    })");
  (void)shop.context().analysis();
  Node& gone = shop.node("z");
  Rewriter to("test", gone, shop.context());
  Node* const candidates[] = {&gone};
  to.finish(candidates);
  shop.expect("g (bool c, float[4] x) => (float[4] y) { y = Abs(x) }");
  EXPECT_EQ(shop.graph().find("k"), nullptr);
}

}  // namespace
}  // namespace ortopt
