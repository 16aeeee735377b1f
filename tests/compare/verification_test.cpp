#include "ortopt/compare/verification.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compare/bad_end.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_runtime;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Outcome = Verification::Outcome;

class VerifyEqual : public ::testing::Test {
 protected:
  Verification verify(std::string_view original, std::string_view result) {
    return verify_equal(models_.save("original", original), models_.save("result", result),
                        {.runtime = the_runtime()});
  }
  TemporaryModels models_;
};

/// y = x + number, under a signature of one's choice.
std::string plus(const std::string& number, const std::string& x = "float[B, S] x",
                 const std::string& y = "float[B, S] y") {
  return fmt::format("g ({}) => ({}) <float c = {{{}}}> {{ y = Add(x, c) }}", x, y, number);
}

TEST_F(VerifyEqual, SameModelsAreEqualInSeveralSizes) {
  const Verification verdict = verify(plus("1.5"), plus("1.5"));
  EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.reason;
  EXPECT_THAT(verdict.cases, Contains("batch 2, sequence 7"));
  EXPECT_GE(verdict.cases.size(), 3U);
  ASSERT_EQ(verdict.outputs.size(), 1U);
  EXPECT_EQ(verdict.outputs[0].max_absolute, 0);
  EXPECT_THAT(verdict.runtime, HasSubstr("ONNX Runtime 1."));
  EXPECT_GT(verdict.seconds, 0);
}

TEST_F(VerifyEqual, ADifferenceWithinToleranceIsReportedAndEqual) {
  const Verification verdict = verify(plus("1.5"), plus("1.50001"));
  EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.reason;
  EXPECT_NEAR(verdict.outputs[0].max_absolute, 1e-5, 2e-6);
}

TEST_F(VerifyEqual, AnotherWeightIsDifferentAndTheOutputIsNamed) {
  const Verification verdict = verify(plus("1.5"), plus("1.501"));
  EXPECT_EQ(verdict.outcome, Outcome::different);
  EXPECT_THAT(verdict.reason, HasSubstr("output 'y': element [0, 0] was"));
  EXPECT_THAT(verdict.reason, HasSubstr("with batch 2, sequence 7"));
  EXPECT_NEAR(verdict.outputs[0].max_absolute, 1e-3, 1e-5);
}

TEST_F(VerifyEqual, IntegersMustBeTheSame) {
  const std::string text =
      "g (float[B, S] x) => (int64[B, S] y) <float c = {{{}}}> {{\n"
      "z = Add(x, c) y = Cast<to = 7>(z) }}";
  EXPECT_EQ(
      verify(fmt::format(fmt::runtime(text), "1000000"), fmt::format(fmt::runtime(text), "1000002"))
          .outcome,
      Outcome::different);
}

/// A function that magnifies what rounding does to its argument ten thousand times. (What is
/// multiplied by a matrix is no mask.)
std::string steep(const std::string& argument, const std::string& after = "0") {
  return fmt::format(R"(
    g (float[B, S, 1] x) => (float[B, S, 1] y)
    <float[1, 1] one = {{1}}, float a = {{30}}, float b = {{333.333343}}, float ab = {{10000}},
     float c = {{{}}}> {{
      p = MatMul(x, one) m = Tanh(p) {} s = Sin(t) y = Add(s, c) }})",
                     after, argument);
}
constexpr auto in_one = "t = Mul(m, ab)";
constexpr auto in_two = "h = Mul(m, a) t = Mul(h, b)";

TEST_F(VerifyEqual, AResultMayBeAsFarFromTheOriginalAsThatIsFromItself) {
  const Verification verdict = verify(steep(in_one), steep(in_two));
  EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.reason;
  EXPECT_GT(verdict.unsteadiness, 1e-4);
  EXPECT_LT(verdict.unsteadiness, 2.5e-3);
  EXPECT_GT(verdict.outputs[0].max_absolute, 2e-4);
}

TEST_F(VerifyEqual, AnUnsteadyOriginalDoesNotExcuseMoreThanItsOwnMovement) {
  const Verification verdict = verify(steep(in_one), steep(in_one, "0.05"));
  EXPECT_EQ(verdict.outcome, Outcome::different);
  EXPECT_THAT(verdict.reason, HasSubstr("by rounding alone, the original itself moves by"));
}

TEST_F(VerifyEqual, AToleranceThatIsAskedForIsKeptToEvenWhenTheOriginalIsUnsteady) {
  const Verification verdict =
      verify_equal(models_.save("original", steep(in_one)), models_.save("result", steep(in_two)),
                   {.runtime = the_runtime(), .tolerance = {.absolute = 2e-4}});
  EXPECT_EQ(verdict.outcome, Outcome::different);
  EXPECT_EQ(verdict.unsteadiness, 0);
}

constexpr auto root = "g (float[B, S] x) => (float[B, S] y) { y = Sqrt(x) }";

TEST_F(VerifyEqual, NotANumberIsEqualInTheSamePlacesOnly) {
  EXPECT_EQ(verify(root, root).outcome, Outcome::equal);
  const Verification verdict = verify(root,
                                      "g (float[B, S] x) => (float[B, S] y) {"
                                      " a = Abs(x) y = Sqrt(a) }");
  EXPECT_EQ(verdict.outcome, Outcome::different);
  EXPECT_THAT(verdict.reason, HasSubstr("was nan"));
}

TEST_F(VerifyEqual, AnOriginalThatGivesNothingButNotANumberProvesNothing) {
  constexpr auto text = "g (float[B, S] x) => (float[B, S] y) { a = Abs(x) b = Neg(a) y = Log(b) }";
  const Verification verdict = verify(text, text);
  EXPECT_EQ(verdict.outcome, Outcome::not_run);
  EXPECT_THAT(verdict.reason, HasSubstr("not-a-number"));
}

constexpr auto noisy = R"(g (float[B, S] x) => (float[B, S] y) {
    n = RandomUniformLike(x) y = Add(x, n) })";

TEST_F(VerifyEqual, AnOriginalThatDrawsRandomNumbersProvesNothing) {
  const Verification verdict = verify(noisy, noisy);
  EXPECT_EQ(verdict.outcome, Outcome::not_run);
  EXPECT_THAT(verdict.reason, HasSubstr("gives something else every time"));
  EXPECT_THAT(verdict.reason, HasSubstr("draws random numbers"));
}

TEST_F(VerifyEqual, RandomNumbersThatReachNoOutputDoNotMatter) {
  constexpr auto text = R"(g (float[B, S] x) => (float[B, S] y) <float zero = {0}> {
      n = RandomUniformLike(x) z = Mul(n, zero) y = Add(x, z) })";
  EXPECT_EQ(verify(text, text).outcome, Outcome::equal);
}

TEST_F(VerifyEqual, SignaturesAreCompared) {
  EXPECT_THAT(verify(plus("1"), plus("1", "float[B, 7] x")).reason,
              HasSubstr("input 'x' had the shape [B, S], has [B, 7]"));
  EXPECT_THAT(verify(plus("1"), "g (float[B, S] z) => (float[B, S] y) { y = Identity(z) }").reason,
              HasSubstr("inputs were x; they are z"));
  EXPECT_THAT(
      verify(plus("1"), "g (float[B, S] x) => (int64[B, S] y) { y = Cast<to = 7>(x) }").reason,
      HasSubstr("output 'y' was float, is int64"));
  // Another name for a dynamic dimension is no difference.
  EXPECT_EQ(verify(plus("1"), plus("1", "float[N, T] x", "float[N, T] y")).outcome, Outcome::equal);
}

TEST_F(VerifyEqual, AResultThatTheRuntimeRefusesIsDifferent) {
  const Verification verdict =
      verify(plus("1"), "g (float[B, S] x) => (float[B, S] y) { y = NoSuchOperator(x) }");
  EXPECT_EQ(verdict.outcome, Outcome::different);
  EXPECT_THAT(verdict.reason, HasSubstr("refuses the result"));
}

TEST_F(VerifyEqual, AResultThatDoesNotRunIsDifferent) {
  const Verification verdict = verify(plus("1"),
                                      "g (float[B, S] x) => (float[B, S] y) <int64[2] s = {5, 5}> {"
                                      " y = Reshape(x, s) }");
  EXPECT_EQ(verdict.outcome, Outcome::different);
  EXPECT_THAT(verdict.reason, HasSubstr("does not run with batch 2, sequence 7"));
}

TEST_F(VerifyEqual, AnOriginalThatTheRuntimeRefusesIsNotRun) {
  constexpr auto text = "g (float[B, S] x) => (float[B, S] y) { y = NoSuchOperator(x) }";
  const Verification verdict = verify(text, text);
  EXPECT_EQ(verdict.outcome, Outcome::not_run);
  EXPECT_THAT(verdict.reason, HasSubstr("refuses the original"));
}

/// Causal attention with a mask over keys, all hidden places pushed down by `distance`.
std::string causal_attention(const std::string& distance) {
  return fmt::format(R"(
    g (float[B, S, 4] x, int64[B, S] m) => (float[B, S, 4] y)
    <float c = {{-{0}}}, float one = {{1}}, int64[1] axis = {{1}}> {{
      t = Transpose<perm = [0, 2, 1]>(x)
      scores = MatMul(x, t)
      shape = Shape(scores)
      hidden = ConstantOfShape<value = float[1] {{-{0}}}>(shape)
      after = Trilu<upper = 1>(hidden, step)
      f = Cast<to = 1>(m)
      padding = Sub(one, f)
      row = Unsqueeze(padding, axis)
      down = Mul(row, c)
      a = Add(scores, after)
      b = Add(a, down)
      p = Softmax<axis = -1>(b)
      y = MatMul(p, x)
    }})",
                     distance);
}

TEST_F(VerifyEqual, RowsOfACausalModelThatSeeNothingAreNotCompared) {
  std::string far = causal_attention("1000000000");
  std::string near = causal_attention("10000");
  for (std::string* text : {&far, &near})
    text->insert(text->find("float one"), "int64 step = {1}, ");
  const Verification verdict = verify(far, near);
  EXPECT_EQ(verdict.outcome, Outcome::equal) << verdict.reason;
  EXPECT_THAT(verdict.cases, Contains("batch 3, sequence 11, padding left"));
  EXPECT_THAT(verdict.cases, Contains("batch 2, sequence 7, padding right"));
}

TEST_F(VerifyEqual, ALibraryThatIsNoRuntimeIsNotRun) {
  const auto model = models_.save("model", plus("1"));
  const Verification verdict =
      verify_equal(model, model, {.runtime = models_.write("fake.so", "text")});
  EXPECT_EQ(verdict.outcome, Outcome::not_run);
  EXPECT_EQ(verdict.cause, Code::no_runtime);
  EXPECT_THAT(verdict.reason, HasSubstr("cannot be used as ONNX Runtime"));
}

TEST_F(VerifyEqual, ARuntimeThatCrashesIsAFindingNotACrash) {
  const auto model = models_.save("model", plus("1"));
  const Verification verdict = verify_equal(model, model, {.runtime = ORTOPT_ABORTING_RUNTIME});
  EXPECT_EQ(verdict.outcome, Outcome::not_run);
  EXPECT_EQ(verdict.cause, Code::no_runtime);
  EXPECT_THAT(verdict.reason, HasSubstr("signal 6 (Aborted)"));
}

TEST_F(VerifyEqual, ATimeLimitThatPassesIsNotRun) {
  const auto model = models_.save("model", plus("1"));
  const Verification verdict =
      verify_equal(model, model, {.runtime = the_runtime(), .time_limit_seconds = 0});
  EXPECT_EQ(verdict.outcome, Outcome::not_run);
  EXPECT_THAT(verdict.reason, HasSubstr("ran longer than 0 s"));
}

TEST(VerdictOnBadEnd, ACrashOnTheSecondModelAloneIsDifferent) {
  constexpr ModelNames names = {.first = "the original", .second = "the result"};
  ChildReport report;
  report.trouble = "was stopped by signal 11 (Segmentation fault)";
  report.note = second_model_note;
  const auto verdict = verdict_on_bad_end<Verification>(report, names);
  EXPECT_EQ(verdict.outcome, Outcome::different);
  EXPECT_THAT(verdict.reason, HasSubstr("on the result, the runtime was stopped by signal 11"));
  report.note = first_model_note;
  EXPECT_EQ(verdict_on_bad_end<Verification>(report, names).outcome, Outcome::not_run);
  report.note = "";
  EXPECT_EQ(verdict_on_bad_end<Verification>(report, names).outcome, Outcome::not_run);
}

}  // namespace
}  // namespace ortopt
