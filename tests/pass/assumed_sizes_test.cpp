#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/pass/pass_manager.h"
#include "ortopt/passes/no_ops.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

TEST(AssumedSizes, AreToldOnceWithTheNodeThatNeedsThem) {
  const auto model = test_support::model_of(R"(
    g (float[B, S] x, float[T, 8] w) => (float[B, 8] y) {
      [product] a = MatMul(x, w)
      y = Identity(a)
    })");
  Pipeline pipeline;
  for (const char* name : {"one", "two"}) {
    pipeline.push_back({.name = name});
    pipeline.back().passes.push_back(std::make_unique<NoOps>());
  }
  Facts facts;
  Logger silent(LogLevel::off);
  ASSERT_TRUE(run_pipeline(pipeline, *model, {}, facts, silent));
  ASSERT_EQ(facts.assumptions.size(), 1U);
  EXPECT_EQ(facts.assumptions[0].text, "S = T, as 'product' needs");
}

}  // namespace
}  // namespace ortopt
