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
