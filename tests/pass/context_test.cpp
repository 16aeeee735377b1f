#include <gtest/gtest.h>

#include "ortopt/pass/pass.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

/// What a pass over a model of opset 17 is told of `op` for floats.
std::optional<std::string> objection(std::string_view domain, std::string_view op) {
  const auto model = test_support::model_of("g (float[B, 8] x) => (float[B, 8] y) { y = Neg(x) }");
  const PassOptions options;
  Facts facts;
  Logger logger(LogLevel::off);
  const Context context(model->graph(), options, facts, logger);
  return context.objection(domain, op, DataType::float32);
}

TEST(Context, TakesOperatorsThatTheModelsOpsetHas) {
  EXPECT_EQ(objection("", "Softplus"), std::nullopt);
  EXPECT_EQ(objection("com.microsoft", "Gelu"), std::nullopt);
}

TEST(Context, ObjectsToOperatorsOfALaterOpset) {
  EXPECT_EQ(objection("", "Mish"), "Mish needs opset 18, the model has 17");
  EXPECT_EQ(objection("", "Gelu"), "Gelu needs opset 20, the model has 17");
}

TEST(Context, ObjectsToOperatorsThatOnnxDoesNotHave) {
  EXPECT_EQ(objection("", "QuickGelu"), "QuickGelu is no operator of ONNX");
}

TEST(Context, TakesNormsAtAnyOpsetAsTheRuntimeDoes) {
  EXPECT_EQ(objection("", "LayerNormalization"), std::nullopt);
  EXPECT_EQ(objection("", "SimplifiedLayerNormalization"), std::nullopt);
}

TEST(Context, AsksTheTarget) {
  EXPECT_EQ(objection("com.microsoft", "Softplus"), "Softplus is not known to have a kernel");
}

}  // namespace
}  // namespace ortopt
