// Mixed precision on models with something planted that half precision stumbles over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ortopt/engine/input_files.h"
#include "ortopt/optimise/optimise.h"
#include "tests/support/layered_transformer.h"
#include "tests/support/numeric_oracle.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using test_support::Planted;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;

class MixedPrecision : public testing::Test {
 protected:
  void SetUp() override {
    if (!test_support::has_runtime()) GTEST_SKIP() << "no runtime found";
  }

  OptimiseRequest request_for(const Planted& planted, Precision precision) {
    const auto saved = save(*test_support::make_layered_transformer(planted), folder_ / "in.onnx");
    if (!saved) throw std::runtime_error(saved.error().text());
    OptimiseRequest request;
    request.input = folder_ / "in.onnx";
    request.output = folder_ / "out.onnx";
    request.precision.precision = precision;
    request.runtime.explicit_path = test_support::runtime_library();
    return request;
  }

  Report run(const OptimiseRequest& request) {
    const Result<Report> report = optimise(request, logger_);
    if (!report) throw std::runtime_error(report.error().text());
    return *report;
  }

  Report run(const Planted& planted, Precision precision) {
    return run(request_for(planted, precision));
  }

  test_support::TemporaryFolder folder_;
  Logger logger_{LogLevel::off};
};

/// Products of weights that are computed in float32; an attention has three.
std::size_t kept_products(const Report& report) {
  std::size_t count = 0;
  for (const KeptOperator& kept : report.facts.precision.kept) {
    if (kept.op == "MatMul") ++count;
    if (kept.op == "com.microsoft.Attention") count += 3;
  }
  return count;
}

/// Equal, nothing taken back, few runs, and at most a tenth of the products in float32.
testing::AssertionResult is_frugal(const Report& report) {
  const PrecisionFacts& facts = report.facts.precision;
  const std::size_t products =
      test_support::products_of_layer * test_support::layers_of_transformer;
  if (!report.verification.is_equal())
    return testing::AssertionFailure() << "not equal: " << report.verification.reason;
  if (report.problem) return testing::AssertionFailure() << report.problem->text();
  if (facts.converted == 0) return testing::AssertionFailure() << "nothing is half precision";
  if (!facts.measuring || facts.measuring->runs > 12)
    return testing::AssertionFailure() << "not measured, or in too many runs";
  if (10 * kept_products(report) > products)
    return testing::AssertionFailure() << kept_products(report) << " products stay in float32";
  for (const Difference& output : report.verification.outputs)
    if (output.found_non_finite.nan > 0) return testing::AssertionFailure() << "not-a-number";
  return testing::AssertionSuccess();
}

TEST_F(MixedPrecision, KeepsNothingWhereNothingIsPlanted) {
  const Report report = run(Planted{}, Precision::mixed);
  EXPECT_TRUE(is_frugal(report));
  EXPECT_TRUE(report.facts.precision.kept.empty());
  EXPECT_EQ(report.facts.precision.measuring->runs, 2U);
}

TEST_F(MixedPrecision, ActivationsBeyondTheRangeTakePlainFloat16Back) {
  const Report report = run({.outlier_layer = 5}, Precision::float16);
  EXPECT_THAT(report.taken_back, Contains("half_precision"));
  ASSERT_TRUE(report.problem);
  EXPECT_EQ(report.problem->code, Code::taken_back);
}

TEST_F(MixedPrecision, ActivationsBeyondTheRangeStayInFloat32) {
  const Report report = run({.outlier_layer = 5}, Precision::mixed);
  EXPECT_TRUE(is_frugal(report));
  const auto& kept = report.facts.precision.kept;
  EXPECT_THAT(kept, Contains(AllOf(Field(&KeptOperator::op, "MatMul"),
                                   Field(&KeptOperator::reason, HasSubstr("beyond")))));
  // What the norm sums up inside is no value of the graph.
  EXPECT_THAT(kept,
              Contains(AllOf(Field(&KeptOperator::reason, HasSubstr("mean of its squares")),
                             Field(&KeptOperator::largest, testing::Optional(testing::Gt(1e9))))));
  EXPECT_THAT(kept, Each(Field(&KeptOperator::node, HasSubstr("layer.5/"))));
}

TEST_F(MixedPrecision, TheLargestNumberOfAMaskIsTamedAndSaid) {
  const Planted huge{.mask_fill = -3.4e38};
  EXPECT_TRUE(is_frugal(run(huge, Precision::mixed)));
  EXPECT_TRUE(run(huge, Precision::float16).verification.is_equal());
  // Not fused, it is a number that is added to scores.
  OptimiseRequest unfused = request_for(huge, Precision::float16);
  unfused.without_passes = true;
  const Report report = run(unfused);
  EXPECT_TRUE(report.verification.is_equal()) << report.verification.reason;
  EXPECT_THAT(report.facts.assumptions, Contains(Field(&AssumedFact::pass, "half_precision")));
}

TEST_F(MixedPrecision, AMaskThatIsFedIsBroughtIntoTheRange) {
  OptimiseRequest request = request_for({.takes_bias = true}, Precision::mixed);
  std::vector<double> ids(14);
  for (std::size_t k = 0; k < ids.size(); ++k) ids[k] = static_cast<double>(k);
  // The second row sees nothing: all of it is −3.4e38, and −infinity would be not-a-number.
  std::vector<double> bias(14, 0);
  std::fill(bias.begin() + 7, bias.end(), -3.4e38);
  ASSERT_TRUE(write_npz(folder_ / "inputs.npz",
                        {{"ids", Tensor::of(DataType::int64, {2, 7}, ids)},
                         {"bias", Tensor::of(DataType::float32, {2, 1, 1, 7}, bias)}}));
  request.precision_inputs = {folder_ / "inputs.npz"};
  const Report report = run(request);
  EXPECT_TRUE(is_frugal(report));
  EXPECT_THAT(report.facts.assumptions,
              Contains(Field(&AssumedFact::text, HasSubstr("numbers beyond 1e30 in 'bias'"))));
}

TEST_F(MixedPrecision, ATinyEpsilonIsMarkedWhereItIsNotFused) {
  const Planted tiny{.norms_in_pieces = true, .epsilon = 1e-12};
  OptimiseRequest request = request_for(tiny, Precision::float16);
  request.without_passes = true;
  EXPECT_THAT(run(request).facts.precision.kept,
              Contains(Field(&KeptOperator::pass, "division_by_epsilon")));
  request.precision.precision = Precision::mixed;
  EXPECT_TRUE(is_frugal(run(request)));
  EXPECT_TRUE(is_frugal(run(tiny, Precision::mixed)));
}

TEST_F(MixedPrecision, WhatRoundingSpoilsIsFoundAndTheRestGivenBack) {
  const Report report = run({.cancelling_layer = 6}, Precision::mixed);
  EXPECT_TRUE(is_frugal(report));
  const auto& kept = report.facts.precision.kept;
  EXPECT_THAT(kept, Contains(Field(&KeptOperator::op, "Add")));
  EXPECT_LE(kept.size(), 6U);
  const auto& mixes = report.facts.precision.measuring->mixes;
  ASSERT_FALSE(mixes.empty());
  EXPECT_FALSE(mixes.front().suffices);
  EXPECT_GT(mixes.front().difference, 0.03);
}

TEST_F(MixedPrecision, AToleranceThatNothingMeetsLeavesFloat32) {
  OptimiseRequest request = request_for({}, Precision::mixed);
  request.tolerance = {1e-5, 1e-5};
  const Report report = run(request);
  EXPECT_TRUE(report.verification.is_equal()) << report.verification.reason;
  EXPECT_EQ(report.facts.precision.converted, 0U);
  EXPECT_LE(report.facts.precision.measuring->runs, 12U);
}

TEST_F(MixedPrecision, HalfInputsAndOutputsAreMeasuredAlike) {
  OptimiseRequest request = request_for({.outlier_layer = 3}, Precision::mixed);
  request.precision.keep_io_types = false;
  EXPECT_TRUE(is_frugal(run(request)));
}

TEST_F(MixedPrecision, InputsAreThoseOfTheOriginalWhateverIsFused) {
  OptimiseRequest request;
  request.input =
      std::filesystem::path(ORTOPT_MODELS) / "gpt2-past_separate-t110-legacy-eager-op12.onnx";
  request.output = folder_ / "out.onnx";
  request.precision.precision = Precision::mixed;
  request.runtime.explicit_path = test_support::runtime_library();
  const Report report = run(request);
  EXPECT_TRUE(report.verification.is_equal()) << report.verification.reason;
}

TEST(MixedPrecisionWithoutRuntime, IsRefused) {
  test_support::TemporaryFolder folder;
  ASSERT_TRUE(save(*test_support::make_layered_transformer(), folder / "in.onnx"));
  OptimiseRequest request;
  request.input = folder / "in.onnx";
  request.output = folder / "out.onnx";
  request.precision.precision = Precision::mixed;
  request.verify = VerifyMode::off;
  request.runtime.explicit_path = folder / "none.so";
  Logger silent(LogLevel::off);
  const Result<Report> report = optimise(request, silent);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::no_runtime);
}

}  // namespace
}  // namespace ortopt
