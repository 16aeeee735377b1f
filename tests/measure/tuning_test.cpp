#include "ortopt/measure/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulated_subject.h"

namespace ortopt {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::Not;

/// A model that is a third faster with four threads, a tenth faster without spinning, and that
/// crashes without its arena.
std::unique_ptr<Subject> sensitive_subject(SimulatedMachine& machine,
                                           const SessionOptions& options) {
  double seconds = 0.01;
  if (options.intra_op_threads == 4) seconds *= 0.67;
  if (!options.spinning) seconds *= 0.9;
  auto subject = std::make_unique<SimulatedSubject>(machine, seconds);
  if (!options.arena) subject->crashes_at = 0;
  return subject;
}

Result<TuningResult> tuned(const SessionOptions& start) {
  SimulatedMachine machine(1);
  const MakeSubject make = [&](const SessionOptions& options) {
    return sensitive_subject(machine, options);
  };
  const Schedule schedule{.now = SimulatedMachine::now};
  return tune(start, usual_dimensions(4, 8), make, schedule,
              [](const std::string&, const Progress&) {});
}

TEST(Tuning, FindsTheQuickestSetting) {
  const Result<TuningResult> result = tuned({.intra_op_threads = 8});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->best.intra_op_threads, 4);
  EXPECT_FALSE(result->best.spinning);
  EXPECT_EQ(result->against_start.verdict, Verdict::faster);
  EXPECT_NEAR(result->against_start.ratio, 0.67 * 0.9, 0.02);
}

TEST(Tuning, LeavesAloneWhatMakesNoDifference) {
  const Result<TuningResult> result = tuned({.intra_op_threads = 8});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->best.memory_pattern);
  EXPECT_EQ(result->best.optimization, RuntimeOptimization::all);
}

TEST(Tuning, ASettingThatCrashesIsReportedAndNotTaken) {
  const Result<TuningResult> result = tuned({.intra_op_threads = 8});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->best.arena);
  EXPECT_THAT(result->trials, Contains(AllOf(Field(&TuningTrial::dimension, "arena"),
                                             Field(&TuningTrial::adopted, false))));
}

TEST(Tuning, FailsWhenTheFirstSettingDoesNotRun) { EXPECT_FALSE(tuned({.arena = false})); }

TEST(Tuning, TriesOperatorsSideBySideAndOptionsOfProviders) {
  SimulatedMachine machine(1);
  const MakeSubject make = [&](const SessionOptions& options) {
    double seconds = options.order == ExecutionOrder::parallel ? 0.008 : 0.01;
    if (options.providers[0].options.contains("copies")) seconds *= 0.8;
    return std::make_unique<SimulatedSubject>(machine, seconds);
  };
  std::vector<TuningDimension> dimensions = usual_dimensions(4, 8);
  dimensions.push_back(provider_dimension("cuda", "copies", {"on"}));
  const Result<TuningResult> result =
      tune({.providers = {{.name = "cuda"}}}, dimensions, make, {.now = SimulatedMachine::now},
           [](const std::string&, const Progress&) {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->best.order, ExecutionOrder::parallel);
  EXPECT_GE(result->best.inter_op_threads, 2);
  EXPECT_EQ(result->best.providers[0].options.at("copies"), "on");
}

TEST(Tuning, OptionsThatAreSetOrOfUnknownProvidersAreLeftAlone) {
  EXPECT_THAT(provider_dimensions({{.name = "cpu"}, {.name = "other"}}), IsEmpty());
  const std::size_t all = provider_dimensions({{.name = "cuda"}}).size();
  EXPECT_EQ(provider_dimensions({{.name = "cuda", .options = {{"prefer_nhwc", "1"}}}}).size(),
            all - 1);
}

TEST(Tuning, TheQuickestSettingIsKept) {
  const Result<TuningResult> result = tuned({.intra_op_threads = 4, .spinning = false});
  ASSERT_TRUE(result);
  EXPECT_THAT(result->trials, Each(Field(&TuningTrial::adopted, false)));
  EXPECT_EQ(result->against_start.verdict, Verdict::no_difference);
}

}  // namespace
}  // namespace ortopt
