#include "compare/generation.h"

#include <gmock/gmock.h>

#include "ortopt/compare/comparison.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::the_runtime;
using ::testing::ElementsAre;
using ::testing::SizeIs;

ComparisonRequest request(const std::string& model, int64_t steps) {
  const std::filesystem::path path = std::filesystem::path(ORTOPT_MODELS) / model;
  ComparisonRequest out{.baseline = path, .other = path, .runtime = the_runtime()};
  out.inputs = InputRequest{.batch = 2, .sequence = 4, .past = 2};
  out.steps = steps;
  return out;
}

TEST(Generation, FeedsPresentsBackAsPasts) {
  const Comparison comparison =
      compare_models(request("gpt2-past_separate-t110-legacy-eager-op12.onnx", 3));
  EXPECT_TRUE(comparison.is_equal()) << comparison.reason;
  EXPECT_THAT(comparison.samples, SizeIs(4));
  // 4 places, then one a step; and the presents grow.
  ASSERT_THAT(comparison.outputs, SizeIs(5));
  EXPECT_EQ(comparison.outputs[0].agreement->rows, 2 * (4 + 3));
  EXPECT_EQ(comparison.outputs[1].agreement->rows % (6 + 7 + 8 + 9), 0);
}

TEST(Generation, NeedsAModelWithPastState) {
  const Comparison comparison = compare_models(request("bert-t21-legacy-eager-op13.onnx", 3));
  EXPECT_EQ(comparison.outcome, Comparison::Outcome::not_run);
  EXPECT_EQ(comparison.cause, Code::usage);
}

TEST(LikeliestWords, AreThoseOfTheLastPlace) {
  const Tensor logits = Tensor::of(DataType::float32, {2, 2, 3},
                                   std::vector<double>{9, 0, 0, 0, 0, 1, 0, 9, 0, 2, 1, 0});
  const Result<Tensor> words = likeliest_words(logits, DataType::int64);
  EXPECT_THAT(words->dims(), ElementsAre(2, 1));
  EXPECT_THAT(*words->int64s(), ElementsAre(2, 0));
}

}  // namespace
}  // namespace ortopt
