#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/conversion_check.h"

namespace ortopt {
namespace {

using test_support::converts_soundly;

/// The operators that the recipe keeps of a model whose logits have a weight of these numbers.
std::vector<std::string> kept_with(const std::string& weight) {
  Facts facts;
  PrecisionOptions options;
  options.recipe = PrecisionRecipe::gpt2;
  EXPECT_TRUE(converts_soundly(R"(
    g (float[B, 2] x) => (float[B, 2] y)
      <float[2, 2] w = {1, 2, 3, 4}, float[2] b = {1, 2}, float[2, 2] v = {)" +
                                   weight + R"(}> {
      p = MatMul(x, w)
      s = Add(p, b)
      t = Tanh(s)
      y = MatMul(t, v)
    })",
                               options, &facts));
  std::vector<std::string> kept;
  for (const KeptOperator& each : facts.precision.kept)
    if (each.pass == "gpt2_recipe") kept.push_back(each.op);
  std::ranges::sort(kept);
  return kept;
}

TEST(Gpt2Recipe, KeepsAdditionsAndTheLogitsOfAWeightThatRoundingChanges) {
  EXPECT_THAT(kept_with("0.1, 0.2, 0.3, 0.4"), testing::ElementsAre("Add", "MatMul"));
}

TEST(Gpt2Recipe, LeavesLogitsWhoseWeightWasTrainedInHalfPrecision) {
  EXPECT_THAT(kept_with("0.5, 0.25, 3, 4"), testing::ElementsAre("Add"));
}

}  // namespace
}  // namespace ortopt
