#include "ortopt/ir/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using test_support::model_of;
using ::testing::HasSubstr;

constexpr std::string_view nested = R"(
  g (bool c, float[2] x) => (float[2] y) {
    a = Neg(x)
    y = If(c) <then_branch = t () => (float[2] p) { p = Abs(a) },
               else_branch = e () => (float[2] q) { q = Exp(x) }>
    z = Sin(a)
  })";

std::string complaint(const Graph& graph) {
  const Result<void> verdict = verify(graph);
  if (verdict) return "sound";
  EXPECT_EQ(verdict.error().code, Code::internal);
  return verdict.error().message;
}

Graph& branch(Graph& graph, const char* name) {
  return *graph.find("y")->producer()->graphs().at(name);
}

TEST(Verify, AcceptsASoundGraph) { EXPECT_EQ(complaint(model_of(nested)->graph()), "sound"); }

TEST(Verify, FindsAReadBeforeTheValueIsComputed) {
  const auto model = model_of(nested);
  Graph& graph = model->graph();
  graph.set_input(*graph.find("a")->producer(), 0, graph.find("z"));
  EXPECT_THAT(complaint(graph),
              HasSubstr("input 0 ('z') of node 'a' is computed after it is read"));
}

TEST(Verify, FindsAReadFromANestedGraphBeforeTheValueIsComputed) {
  const auto model = model_of(nested);
  Graph& graph = model->graph();
  Graph& then_branch = branch(graph, "then_branch");
  then_branch.set_input(*then_branch.find("p")->producer(), 0, graph.find("z"));
  EXPECT_THAT(complaint(graph),
              HasSubstr("graph 't': input 0 ('z') of node 'p' is computed after"));
}

TEST(Verify, FindsAValueThatIsReadOutsideItsGraph) {
  const auto model = model_of(nested);
  Graph& graph = model->graph();
  graph.set_input(*graph.find("z")->producer(), 0, branch(graph, "then_branch").find("p"));
  EXPECT_THAT(complaint(graph), HasSubstr("'p'"));
}

TEST(Verify, FindsAValueOfTheOtherBranch) {
  const auto model = model_of(nested);
  Graph& graph = model->graph();
  Graph& else_branch = branch(graph, "else_branch");
  else_branch.set_input(*else_branch.find("q")->producer(), 0,
                        branch(graph, "then_branch").find("p"));
  EXPECT_THAT(complaint(graph), HasSubstr("('p') of node 'q' is not visible there"));
}

TEST(Verify, FindsANameThatMeansSomethingElseInside) {
  const auto model = model_of(R"(
    g (bool c, float[2] x) => (float[2] y) {
      a = Neg(x)
      y = If(c) <then_branch = t () => (float[2] p) { p = Neg(a) },
                 else_branch = e () => (float[2] q) { q = Exp(x) }>
    })");
  Graph& graph = model->graph();
  EXPECT_EQ(complaint(graph), "sound");
  branch(graph, "then_branch").add_input("a");
  EXPECT_THAT(complaint(graph), HasSubstr("its name means something else there"));
}

}  // namespace
}  // namespace ortopt
