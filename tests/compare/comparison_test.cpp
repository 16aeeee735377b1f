#include "ortopt/compare/comparison.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_runtime;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = Comparison::Outcome;

class CompareModels : public ::testing::Test {
 protected:
  /// A request for two models that are spelled as text.
  ComparisonRequest request(std::string_view baseline, std::string_view other) {
    return {.baseline = models_.save("baseline", baseline),
            .other = models_.save("other", other),
            .runtime = the_runtime()};
  }
  TemporaryModels models_;
};

/// y = x + number, under a signature of one's choice.
std::string plus(const std::string& number, const std::string& x = "float[B, S] x",
                 const std::string& y = "float[B, S] y") {
  const auto name_of = [](const std::string& port) { return port.substr(port.rfind(' ') + 1); };
  return fmt::format("g ({}) => ({}) <float c = {{{}}}> {{ {} = Add({}, c) }}", x, y, number,
                     name_of(y), name_of(x));
}

TEST_F(CompareModels, EqualOnesAreMeasuredInSeveralCases) {
  const Comparison comparison = compare_models(request(plus("1"), plus("1.00001")));
  EXPECT_TRUE(comparison.is_equal()) << comparison.reason;
  EXPECT_THAT(comparison.samples, SizeIs(3));
  EXPECT_THAT(comparison.failed, IsEmpty());
  ASSERT_THAT(comparison.outputs, SizeIs(1));
  EXPECT_NEAR(comparison.outputs[0].mean_absolute, 1e-5, 1e-6);
}

TEST_F(CompareModels, ADifferenceIsFoundWithItsPlace) {
  const Comparison comparison = compare_models(request(plus("1"), plus("1.5")));
  EXPECT_EQ(comparison.outcome, Outcome::different);
  EXPECT_THAT(comparison.reason, HasSubstr("output 'y': element [0, 0] was"));
  EXPECT_THAT(comparison.failed, SizeIs(3));
}

TEST_F(CompareModels, InputsAreThoseAskedFor) {
  ComparisonRequest asked = request(plus("1"), plus("1"));
  asked.inputs = InputRequest{.batch = 2, .sequence = 5, .samples = 4};
  const Comparison comparison = compare_models(asked);
  EXPECT_TRUE(comparison.is_equal());
  EXPECT_THAT(comparison.samples, SizeIs(4));
  EXPECT_EQ(comparison.outputs[0].elements, 4 * 2 * 5);
}

TEST_F(CompareModels, TolerancesCanBeOverruled) {
  ComparisonRequest asked = request(plus("1"), plus("1.5"));
  asked.tolerance = {.absolute = 1, .relative = 0};
  EXPECT_TRUE(compare_models(asked).is_equal());
}

TEST_F(CompareModels, NamesAreMapped) {
  ComparisonRequest asked = request(plus("1", "float[B, S] x", "float[B, S] y"),
                                    plus("1", "float[B, S] a", "float[B, S] b"));
  const Comparison guessed = compare_models(asked);
  EXPECT_TRUE(guessed.is_equal()) << guessed.reason;
  EXPECT_THAT(guessed.match.notes, SizeIs(2));
  asked.mapping = {{"x", "a"}, {"y", "b"}};
  const Comparison mapped = compare_models(asked);
  EXPECT_TRUE(mapped.is_equal()) << mapped.reason;
  EXPECT_THAT(mapped.match.notes, IsEmpty());
}

TEST_F(CompareModels, AnotherSignatureIsADifferenceAndValuesAreComparedAllTheSame) {
  const Comparison comparison = compare_models(
      request("g (int64[B, S] x) => (int64[B, S] y) { y = Neg(x) }",
              "g (int32[B, S] x) => (int64[B, S] y) { n = Neg(x) y = Cast<to = 7>(n) }"));
  EXPECT_EQ(comparison.outcome, Outcome::different);
  EXPECT_EQ(comparison.reason, "input 'x' was int64, is int32");
  ASSERT_THAT(comparison.outputs, SizeIs(1));
  EXPECT_TRUE(comparison.outputs[0].equal);
}

TEST_F(CompareModels, AMappedMaskBecomesLengthsWhereThoseAreTaken) {
  ComparisonRequest asked = request(
      R"(g (int64[B, S] mask) => (int64[B] y) <int64[1] last = {1}> {
           y = ReduceSum<keepdims = 0>(mask, last) })",
      "g (int32[B] lengths) => (int64[B] y) { y = Cast<to = 7>(lengths) }");
  asked.mapping = {{"mask", "lengths"}};
  const Comparison comparison = compare_models(asked);
  EXPECT_TRUE(comparison.is_equal()) << comparison.reason;
}

TEST_F(CompareModels, AMappedMaskBecomesLengthsAndTheirSumsWhereThatIsAskedFor) {
  ComparisonRequest asked =
      request("g (int64[B, S] mask) => (int64 y) { y = ReduceSum<keepdims = 0>(mask) }",
              R"(g (int32[K] lengths) => (int64 y) <int64 last = {-1}> {
           keys = Gather(lengths, last)
           y = Cast<to = 7>(keys) })");
  asked.mapping = {{"mask", "lengths"}};
  asked.inputs = {
      .batch = 3, .sequence = 5, .average_length = 4, .length_form = LengthForm::with_sums};
  const Comparison comparison = compare_models(asked);
  EXPECT_TRUE(comparison.is_equal()) << comparison.reason << " (the last sum is that of all keys)";
}

TEST_F(CompareModels, OutputsThatAreLargerThanTheModelAreComparedOneByOne) {
  const std::string wide =
      "g (float[B, S] x) => (float[B, S, 65536] y) <int64[3] to = {1, 1, 65536}"
      ", int64[1] axis = {2}> { u = Unsqueeze(x, axis) y = Expand(u, to) }";
  ComparisonRequest asked = request(wide, wide);
  asked.inputs = {.batch = 2, .sequence = 32, .samples = 5};
  const Comparison comparison = compare_models(asked);
  EXPECT_TRUE(comparison.is_equal()) << comparison.reason;
  EXPECT_EQ(comparison.outputs[0].elements, 5 * 2 * 32 * 65536);
}

TEST_F(CompareModels, AnInputOfTheOtherAloneCannotBeRun) {
  const Comparison comparison = compare_models(
      request(plus("1"), "g (float[B, S] x, float z) => (float[B, S] y) { y = Add(x, z) }"));
  EXPECT_EQ(comparison.outcome, Outcome::different);
  EXPECT_EQ(comparison.reason, "input 'z' (float []) is only in the other model");
}

TEST_F(CompareModels, AnOtherModelThatTheRuntimeRefusesIsDifferent) {
  const Comparison comparison = compare_models(
      request(plus("1"), "g (float[B, S] x) => (float[B, S] y) { y = NoSuchOperator(x) }"));
  EXPECT_EQ(comparison.outcome, Outcome::different);
  EXPECT_THAT(comparison.reason, HasSubstr("the runtime refuses the other model"));
}

TEST_F(CompareModels, ABaselineThatCannotBeReadIsNoVerdict) {
  ComparisonRequest asked = request(plus("1"), plus("1"));
  asked.baseline = models_.write("text.onnx", "text");
  const Comparison comparison = compare_models(asked);
  EXPECT_EQ(comparison.outcome, Outcome::not_run);
  EXPECT_EQ(comparison.cause, Code::bad_model);
}

TEST_F(CompareModels, ARuntimeThatDiesIsNoVerdict) {
  ComparisonRequest asked = request(plus("1"), plus("1"));
  asked.runtime = ORTOPT_ABORTING_RUNTIME;
  const Comparison comparison = compare_models(asked);
  EXPECT_EQ(comparison.outcome, Outcome::not_run);
  EXPECT_EQ(comparison.cause, Code::no_runtime);
}

TEST_F(CompareModels, WhatIsMappedToNothingIsAUsageError) {
  ComparisonRequest asked = request(plus("1"), plus("1"));
  asked.mapping = {{"x", "nothing"}};
  EXPECT_EQ(compare_models(asked).cause, Code::usage);
}

}  // namespace
}  // namespace ortopt
