#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "ortopt/ir/load.h"
#include "ortopt/ir/text.h"
#include "ortopt/pass/pass_manager.h"
#include "ortopt/pass/registry.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

std::vector<std::string> models() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(ORTOPT_MODELS))
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

/// The pipeline on a real export. (One pass of it alone is tested by EXPECT_REWRITE.)
class Pipelines : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto loaded = load(std::filesystem::path(ORTOPT_MODELS) / (GetParam() + ".onnx"));
    ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
    model_ = std::move(loaded->model);
  }

  static std::size_t run(Model& model) {
    Facts facts;
    Logger logger(LogLevel::off);
    const auto done =
        run_pipeline(make_pipeline(), model, {.verify_each_pass = true}, facts, logger);
    EXPECT_TRUE(done.has_value()) << done.error().text();
    std::size_t changes = 0;
    for (const PassRun& each : facts.runs) {
      EXPECT_TRUE(each.converged) << each.pass;
      changes += each.changes;
    }
    return changes;
  }

  std::unique_ptr<Model> model_;
};

TEST_P(Pipelines, ConvergeAndFindNothingMoreInTheirOwnResult) {
  EXPECT_GT(run(*model_), 0U);
  const std::string once = to_text(*model_);
  EXPECT_EQ(run(*model_), 0U) << test_support::line_diff(once, to_text(*model_));
}

/// Where what was kept up to date through rewrites says otherwise than what is learnt afresh.
std::string contradictions(Graph& graph, const Analysis& kept) {
  const Analysis afresh(graph);
  std::string found;
  for_each_graph(graph, [&](Graph& each) {
    for (const Node& node : each.nodes())
      for (const Value* value : node.outputs()) {
        if (value == nullptr) continue;
        const bool same_type = kept.dtype(*value) == afresh.dtype(*value);
        const bool same_rank = kept.rank(*value) == afresh.rank(*value);
        const auto size = kept.static_shape(*value);
        const auto other = afresh.static_shape(*value);
        if (!same_type || !same_rank || (size && other && size != other))
          found += node.op() + " '" + value->name() + "' ";
      }
  });
  return found;
}

TEST_P(Pipelines, KeepWhatIsKnownOfValuesUpToDate) {
  Facts facts;
  Logger logger(LogLevel::off);
  const PassOptions options;
  Context context(model_->graph(), options, facts, logger);
  for (const Stage& stage : make_pipeline())
    for (const auto& pass : stage.passes) {
      std::vector<Graph*> graphs;
      for_each_graph(model_->graph(), [&](Graph& graph) { graphs.push_back(&graph); });
      for (Graph* graph : graphs) {
        if (graph->owner() != nullptr && graph->owner()->is_removed()) continue;
        ASSERT_TRUE(pass->run(*graph, context).has_value());
      }
      EXPECT_EQ(contradictions(model_->graph(), context.analysis()), "") << "after " << pass->id();
    }
}

TEST_P(Pipelines, DoNotDependOnTheOrderOfNodes) {
  const auto other = test_support::reordered(*model_);
  run(*model_);
  run(*other);
  EXPECT_TRUE(test_support::same_graph(model_->graph(), other->graph()));
}

INSTANTIATE_TEST_SUITE_P(Models, Pipelines, testing::ValuesIn(models()), [](const auto& test) {
  std::string name = test.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace ortopt
