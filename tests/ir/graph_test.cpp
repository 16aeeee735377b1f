#include "ortopt/ir/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "ortopt/base/internal_error.h"
#include "ortopt/ir/model.h"
#include "ortopt/ir/text.h"
#include "ortopt/ir/verify.h"

namespace ortopt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Model> parsed(std::string_view text) {
  Result<std::unique_ptr<Model>> model = parse_text(text);
  if (!model) throw std::runtime_error(model.error().text());
  return *std::move(model);
}

std::vector<std::string> ops(const Graph& graph) {
  std::vector<std::string> list;
  for (const Node& node : graph.nodes()) list.push_back(node.op());
  return list;
}

void expect_sound(const Graph& graph) {
  const Result<void> verdict = verify(graph);
  EXPECT_TRUE(verdict) << verdict.error().text();
}

constexpr std::string_view chain = R"(
  g (float[2] x) => (float[2] y) {
    a = Neg(x)
    b = Abs(a)
    y = Exp(b)
  })";

constexpr std::string_view nested = R"(
  g (bool c, float[2] x) => (float[2] y) {
    a = Neg(x)
    y = If(c) <then_branch = t () => (float[2] p) { p = Abs(a) },
               else_branch = e () => (float[2] q) { q = Exp(x) }>
  })";

TEST(Graph, KnowsUsesAndProducers) {
  const auto model = parsed(chain);
  const Graph& graph = model->graph();
  const Value& a = *graph.find("a");
  ASSERT_EQ(a.uses().size(), 1U);
  EXPECT_EQ(a.uses()[0].node->op(), "Abs");
  EXPECT_EQ(a.producer()->op(), "Neg");
  EXPECT_TRUE(graph.find("y")->is_graph_output());
  EXPECT_TRUE(graph.find("x")->is_graph_input());
  expect_sound(graph);
}

TEST(Graph, ReplaceUsesMovesEveryReader) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  graph.replace_uses(*graph.find("a"), *graph.find("x"));
  EXPECT_TRUE(graph.find("a")->is_dead());
  EXPECT_EQ(graph.find("b")->producer()->input(0), graph.find("x"));
  expect_sound(graph);
}

TEST(Graph, ReplaceUsesReachesNestedGraphs) {
  const auto model = parsed(nested);
  Graph& graph = model->graph();
  graph.replace_uses(*graph.find("a"), *graph.find("x"));
  Node& branch = *graph.find("y")->producer();
  const Graph& then_branch = *branch.graphs().at("then_branch");
  EXPECT_EQ(then_branch.find("p")->producer()->input(0), graph.find("x"));
  EXPECT_EQ(graph.find("x")->uses().size(), 3U);
  expect_sound(graph);
}

TEST(Graph, RemovingANodeDropsWhatItsNestedGraphsRead) {
  const auto model = parsed(nested);
  Graph& graph = model->graph();
  Node& branch = *graph.find("y")->producer();
  Value& by = *graph.insert({.op = "Neg", .inputs = {graph.find("x")}, .outputs = {"by"}}).output();
  graph.set_output(0, by);
  graph.remove(branch);
  EXPECT_TRUE(branch.is_removed());
  EXPECT_TRUE(branch.graphs().at("then_branch")->empty());
  EXPECT_TRUE(graph.find("a")->is_dead());
  EXPECT_TRUE(graph.find("c")->uses().empty());
  expect_sound(graph);
}

TEST(Graph, RefusesToRemoveANodeInUse) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  EXPECT_THROW(graph.remove(*graph.find("a")->producer()), InternalError);
  EXPECT_THROW(graph.remove(*graph.find("y")->producer()), InternalError);
}

TEST(Graph, HandlesOfRemovedNodesStayReadable) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Node& last = *graph.find("b")->producer();
  graph.replace_uses(*graph.find("b"), *graph.find("a"));
  graph.remove(last);
  EXPECT_EQ(last.op(), "Abs");
  EXPECT_EQ(graph.find("b"), nullptr);
  EXPECT_THAT(ops(graph), ElementsAre("Neg", "Exp"));
}

TEST(Graph, InsertsBeforeANodeAndNumbersIt) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Node& at = *graph.find("b")->producer();
  for (int k = 0; k < 200; ++k)  // more often than the labels have room for
    graph.insert({.op = "Identity", .inputs = {graph.find("x")}, .outputs = {"copy"}}, &at);
  EXPECT_EQ(graph.node_count(), 203U);
  const Node* previous = nullptr;
  for (const Node& node : graph.nodes()) {
    EXPECT_TRUE(previous == nullptr || previous->precedes(node));
    previous = &node;
  }
  expect_sound(graph);
}

TEST(Graph, RefusesToInsertBeforeARemovedNode) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Node& node = *graph.find("b")->producer();
  graph.replace_uses(*graph.find("b"), *graph.find("a"));
  graph.remove(node);
  EXPECT_THROW(graph.insert({.op = "Neg"}, &node), InternalError);
}

TEST(Graph, RestoresTheOrderAndKeepsWhatWasRight) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Node& tail = graph.insert({.op = "Sin", .inputs = {graph.find("x")}, .outputs = {"late"}});
  graph.set_input(*graph.find("b")->producer(), 0, tail.output());
  EXPECT_FALSE(verify(graph));
  ASSERT_TRUE(graph.restore_order());
  EXPECT_THAT(ops(graph), ElementsAre("Neg", "Sin", "Abs", "Exp"));
  expect_sound(graph);
}

TEST(Graph, RestoringTheOrderMindsWhatNestedGraphsRead) {
  const auto model = parsed(nested);
  Graph& graph = model->graph();
  Node& late = graph.insert({.op = "Sin", .inputs = {graph.find("x")}, .outputs = {"late"}});
  graph.replace_uses(*graph.find("a"), *late.output());
  ASSERT_TRUE(graph.restore_order());
  EXPECT_THAT(ops(graph), ElementsAre("Neg", "Sin", "If"));
  expect_sound(graph);
}

TEST(Graph, NamesTheNodesOfACircle) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  graph.set_input(*graph.find("a")->producer(), 0, graph.find("b"));
  const Result<void> done = graph.restore_order();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::bad_model);
  EXPECT_THAT(done.error().message, HasSubstr("'a', 'b'"));
}

TEST(Graph, SetOutputKeepsTheSignaturesName) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Value& b = *graph.find("b");
  graph.set_output(0, b);
  EXPECT_EQ(graph.outputs()[0], &b);
  EXPECT_EQ(b.name(), "y");
  EXPECT_EQ(b.declared_shape()->size(), 1U);
  EXPECT_TRUE(graph.find("y_1")->uses().empty());
  EXPECT_FALSE(graph.find("y_1")->is_graph_output());
  expect_sound(graph);
}

TEST(Graph, SetOutputCopiesAnInputThroughIdentity) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  graph.set_output(0, *graph.find("x"));
  EXPECT_EQ(graph.outputs()[0]->name(), "y");
  EXPECT_EQ(graph.outputs()[0]->producer()->op(), "Identity");
  EXPECT_EQ(graph.inputs()[0]->name(), "x");
  expect_sound(graph);
}

TEST(Graph, SetOutputDoesNotStealAnotherOutput) {
  const auto model = parsed("g (float[2] x) => (float[2] y, float[2] z) { y = Neg(x) z = Abs(y) }");
  Graph& graph = model->graph();
  graph.set_output(1, *graph.find("y"));
  EXPECT_EQ(graph.outputs()[0]->name(), "y");
  EXPECT_EQ(graph.outputs()[1]->name(), "z");
  EXPECT_EQ(graph.outputs()[1]->producer()->op(), "Identity");
  expect_sound(graph);
}

TEST(Graph, FreshNamesAvoidOuterAndNestedOnes) {
  const auto model = parsed(nested);
  Graph& graph = model->graph();
  EXPECT_EQ(graph.unique_name("p"), "p_1");
  EXPECT_EQ(graph.find("y")->producer()->graphs().at("then_branch")->unique_name("a"), "a_1");
  EXPECT_EQ(graph.unique_name("new"), "new");
}

TEST(Graph, RenamingKeepsTheValueFindable) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Value& a = *graph.find("a");
  graph.rename(a, "b");
  EXPECT_EQ(a.name(), "b_1");
  EXPECT_EQ(graph.find("b_1"), &a);
  EXPECT_EQ(graph.find("a"), nullptr);
  expect_sound(graph);
}

TEST(Graph, GrowsInputsWithLeftOutOnesInBetween) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Node& node = *graph.find("b")->producer();
  graph.set_input(node, 2, graph.find("x"));
  EXPECT_EQ(node.inputs().size(), 3U);
  EXPECT_EQ(node.input(1), nullptr);
  expect_sound(graph);
  graph.set_input(node, 2, nullptr);
  EXPECT_EQ(node.input(2), nullptr);
  expect_sound(graph);
}

TEST(Graph, RemovesInitializersThatNobodyReads) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Value& constant = graph.add_initializer("x", Tensor::scalar(DataType::float32, 2));
  EXPECT_EQ(constant.name(), "x_1");
  EXPECT_EQ(constant.initializer()->splat(), 2.0);
  expect_sound(graph);
  graph.remove_initializer(constant);
  EXPECT_TRUE(graph.initializers().empty());
  expect_sound(graph);
}

TEST(Graph, AppendFailsOnUnknownNamesAndLeavesTheGraphSound) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  auto message = std::make_unique<onnx::NodeProto>();
  message->set_op_type("Add");
  message->add_input("x");
  message->add_input("nowhere");
  const Result<Node*> node = graph.append(std::move(message));
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, Code::bad_model);
  EXPECT_THAT(node.error().message, HasSubstr("'nowhere'"));
  EXPECT_EQ(graph.node_count(), 3U);
  expect_sound(graph);
}

TEST(Node, ReadsAndWritesAttributes) {
  const auto model = parsed(chain);
  Graph& graph = model->graph();
  Node& node = graph.insert({.domain = "com.microsoft",
                             .op = "Gelu",
                             .inputs = {graph.find("x")},
                             .outputs = {"g"},
                             .attributes = {{"axis", int64_t{-1}}, {"alpha", 0.5F}}});
  EXPECT_TRUE(node.is("com.microsoft", "Gelu"));
  EXPECT_FALSE(node.is("Gelu"));
  EXPECT_EQ(node.int_attribute("axis"), -1);
  EXPECT_EQ(node.float_attribute("alpha", 0), 0.5F);
  EXPECT_EQ(node.int_attribute("alpha"), std::nullopt);
  node.set_attribute("axis", std::vector<int64_t>{1, 2});
  EXPECT_EQ(node.ints_attribute("axis"), (std::vector<int64_t>{1, 2}));
  EXPECT_THAT(node.attribute_names(), ElementsAre("axis", "alpha"));
  node.set_attribute("value", Tensor::scalar(DataType::float32, 3));
  EXPECT_EQ(node.tensor_attribute("value")->splat(), 3.0);
}

TEST(Node, DefaultDomainHasOneSpelling) {
  const auto model = parsed("g (float[2] x) => (float[2] y) { y = ai.onnx.Neg(x) }");
  EXPECT_TRUE(model->graph().nodes().begin()->is("Neg"));
  EXPECT_EQ(model->graph().nodes().begin()->domain(), "");
}

}  // namespace
}  // namespace ortopt
