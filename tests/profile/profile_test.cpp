#include "ortopt/profile/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/profile/difference.h"
#include "ortopt/profile/hints.h"
#include "ortopt/profile/timeline.h"
#include "tests/profile/trace_text.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using test_support::TraceText;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Trace trace_of(const TraceText& text) {
  const test_support::TemporaryFolder folder;
  Result<Trace> trace = read_trace(folder.write("profile.json", text.text()));
  EXPECT_TRUE(trace);
  return std::move(*trace);
}

Profile profile_of(const TraceText& text, const ProfileOptions& options = {.warm_up = 0},
                   const Layers& layers = {}) {
  Result<Profile> profile = analyse(trace_of(text), layers, options);
  EXPECT_TRUE(profile);
  return std::move(*profile);
}

/// The parts have to make up the whole, whatever happened.
void expect_reconciled(const WallTime& wall) {
  EXPECT_NEAR(wall.wall,
              wall.kernels + wall.fences + wall.between + wall.around + wall.outside - wall.overlap,
              1e-9);
}

const NodeTime& node(const Profile& profile, std::string_view name) {
  for (const NodeTime& candidate : profile.nodes)
    if (candidate.name == name) return candidate;
  throw std::runtime_error("no such node");
}

TraceText plain_run() {
  return TraceText()
      .run(1000, 100)
      .executor(1010, 85)
      .node("a", "MatMul", 1012, 40)
      .node("b", "Add", 1055, 10)
      .node("c", "MatMul", 1070, 20);
}

TEST(Profile, WallTimeIsTakenApartWithoutARest) {
  const Profile profile = profile_of(plain_run());
  expect_reconciled(profile.wall);
  EXPECT_DOUBLE_EQ(profile.wall.wall, 0.100);
  EXPECT_DOUBLE_EQ(profile.wall.kernels, 0.070);
  EXPECT_DOUBLE_EQ(profile.wall.between, 0.015);
  EXPECT_DOUBLE_EQ(profile.wall.around, 0.015);
  EXPECT_NEAR(profile.wall.gap(), 0.030, 1e-12);
}

TEST(Profile, TheCallersClockCountsWhenItIsKnown) {
  const Profile profile = profile_of(plain_run(), {.warm_up = 0, .wall = {{.seconds = 0.000'130}}});
  expect_reconciled(profile.wall);
  EXPECT_NEAR(profile.wall.wall, 0.130, 1e-12);
  EXPECT_NEAR(profile.wall.outside, 0.030, 1e-12);
}

TEST(Profile, OperatorsAreSortedAndNodesKeepTheirOrder) {
  const Profile profile = profile_of(plain_run());
  ASSERT_EQ(profile.operators.size(), 2U);
  EXPECT_EQ(profile.operators[0].name, "MatMul");
  EXPECT_DOUBLE_EQ(profile.operators[0].time.mean, 0.060);
  EXPECT_DOUBLE_EQ(profile.operators[0].time.calls, 2);
  EXPECT_DOUBLE_EQ(profile.operators[0].time.share, 0.6);
  EXPECT_THAT(profile.nodes, ElementsAre(testing::Field(&NodeTime::name, "a"),
                                         testing::Field(&NodeTime::name, "b"),
                                         testing::Field(&NodeTime::name, "c")));
}

TEST(Profile, TheBodyOfALoopIsNotTheLoopsOwnTime) {
  const Profile profile = profile_of(TraceText()
                                         .run(0, 100)
                                         .executor(2, 96)
                                         .node("loop", "Loop", 5, 90)
                                         .executor(8, 40)
                                         .node("inner", "MatMul", 10, 30)
                                         .executor(50, 40)
                                         .node("inner", "MatMul", 52, 30));
  expect_reconciled(profile.wall);
  EXPECT_DOUBLE_EQ(node(profile, "loop").time.mean, 0.010);
  EXPECT_DOUBLE_EQ(node(profile, "inner").time.mean, 0.060);
  EXPECT_DOUBLE_EQ(node(profile, "inner").time.calls, 2);
  EXPECT_DOUBLE_EQ(profile.wall.kernels, 0.070);
}

TEST(Profile, NodesThatRunSideBySideAreNotCountedTwice) {
  const Profile profile = profile_of(TraceText()
                                         .run(0, 100)
                                         .executor(5, 90)
                                         .node("a", "MatMul", 10, 60, 1)
                                         .node("b", "MatMul", 20, 60, 2));
  expect_reconciled(profile.wall);
  EXPECT_DOUBLE_EQ(profile.wall.kernels, 0.120);
  EXPECT_DOUBLE_EQ(profile.wall.overlap, 0.050);
  EXPECT_DOUBLE_EQ(profile.wall.between, 0.020);
}

TEST(Profile, WaitingIsAPartOfItsOwnUnlessKernelTimeIsAllThatIsAskedFor) {
  const TraceText text = TraceText()
                             .run(0, 100)
                             .executor(0, 100)
                             .fence("a", "MatMul", 10, 5)
                             .node("a", "MatMul", 15, 60);
  const Profile with = profile_of(text);
  expect_reconciled(with.wall);
  EXPECT_DOUBLE_EQ(with.wall.fences, 0.005);
  const Profile without = profile_of(text, {.warm_up = 0, .kernel_time_only = true});
  expect_reconciled(without.wall);
  EXPECT_DOUBLE_EQ(without.wall.fences, 0);
  EXPECT_DOUBLE_EQ(without.wall.kernels, with.wall.kernels);
}

TEST(Profile, RunsForWarmingUpDoNotCount) {
  const TraceText text = TraceText()
                             .run(0, 1000)
                             .node("a", "MatMul", 1, 900)
                             .run(2000, 100)
                             .node("a", "MatMul", 2001, 50)
                             .run(3000, 110)
                             .node("a", "MatMul", 3001, 70);
  const Profile profile = profile_of(text, {.warm_up = 1});
  EXPECT_EQ(profile.runs, 2U);
  EXPECT_DOUBLE_EQ(node(profile, "a").time.mean, 0.060);
  EXPECT_NEAR(node(profile, "a").time.deviation, 0.0141421, 1e-6);
  const Result<Profile> nothing = analyse(trace_of(text), {}, {.warm_up = 3});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, Code::usage);
}

TEST(Profile, ADisturbedRunDoesNotMoveTheTables) {
  TraceText text;
  for (int i = 0; i < 20; ++i) {
    const int duration = i == 7 ? 90'000 : 100;
    text.run(i * 100'000, duration).node("a", "MatMul", i * 100'000 + 1, duration - 10);
  }
  const Profile profile = profile_of(text);
  EXPECT_EQ(profile.runs, 20U);
  EXPECT_EQ(profile.middle_runs, 10U);
  EXPECT_DOUBLE_EQ(profile.wall.wall, 0.1);
  expect_reconciled(profile.wall);
  EXPECT_DOUBLE_EQ(profile.latency.greatest, 90) << "but it is not hidden";
}

TEST(Profile, RunsThatStoodInLineForAProcessorDoNotMoveTheTables) {
  TraceText text;
  std::vector<Timing> timings;
  for (int i = 0; i < 30; ++i) {
    const bool waits = i >= 10;
    text.run(i * 1000, waits ? 600 : 100).node("a", "MatMul", i * 1000 + 1, waits ? 590 : 90);
    timings.push_back({.seconds = waits ? 6e-4 : 1e-4, .waiting = waits ? 5e-4 : 0});
  }
  const Profile profile = profile_of(text, {.warm_up = 0, .wall = timings});
  EXPECT_EQ(profile.middle_runs, 10U);
  EXPECT_NEAR(profile.wall.wall, 0.1, 1e-9);
  EXPECT_NEAR(node(profile, "a").time.mean, 0.09, 1e-9);
  EXPECT_LT(profile.typical_run, 10U) << "what is drawn is none of the others";
}

TEST(Profile, LayersAddUpWhatNodesTakeAndUnknownNodesGoWithTheOneBefore) {
  const Layers layers = Layers::from_names({"embed", "layer.0/a", "layer.1/a", "pooler"});
  const Profile profile = profile_of(TraceText()
                                         .run(0, 100)
                                         .node("embed", "Gather", 0, 5)
                                         .node("layer.0/a", "MatMul", 10, 20)
                                         .node("made_by_the_runtime", "FusedMatMul", 30, 7)
                                         .node("layer.1/a", "MatMul", 40, 30)
                                         .node("pooler", "Gemm", 80, 3),
                                     {.warm_up = 0}, layers);
  ASSERT_EQ(profile.layers.size(), 4U);
  EXPECT_EQ(profile.layers[0].name, "before the layers");
  EXPECT_EQ(profile.layers[1].name, "layer 0");
  EXPECT_DOUBLE_EQ(profile.layers[1].time.mean, 0.027);
  EXPECT_EQ(profile.layers[3].name, "after the layers");
}

TEST(Profile, AsynchronousDevicesWithoutKernelRecordsAreRemarkedOn) {
  const Profile silent =
      profile_of(TraceText().run(0, 100).node("a", "MatMul", 1, 2, 1, "CUDAExecutionProvider"));
  EXPECT_THAT(silent.remarks, ElementsAre(HasSubstr("launching")));
  const Profile telling = profile_of(TraceText()
                                         .run(0, 100)
                                         .node("a", "MatMul", 1, 2, 1, "CUDAExecutionProvider")
                                         .device("sgemm", 5, 60));
  EXPECT_TRUE(telling.remarks.empty());
  ASSERT_EQ(telling.devices.size(), 1U);
  EXPECT_DOUBLE_EQ(telling.devices[0].time.mean, 0.060);
}

TEST(ProfileDifference, AlignsLayersByNumberAndAddsUpToTheWholeDifference) {
  const Layers layers = Layers::from_names({"layer.0/a", "layer.1/a"});
  const Profile before = profile_of(TraceText()
                                        .run(0, 100)
                                        .node("layer.0/a", "MatMul", 0, 30)
                                        .node("layer.1/a", "Softmax", 40, 30),
                                    {.warm_up = 0}, layers);
  const Profile after = profile_of(TraceText()
                                       .run(0, 80)
                                       .node("layer.0/a", "MatMul", 0, 30)
                                       .node("layer.1/a", "Attention", 40, 12),
                                   {.warm_up = 0}, layers);
  const ProfileDifference difference = compare_profiles(before, after);
  ASSERT_EQ(difference.layers.size(), 2U);
  EXPECT_DOUBLE_EQ(difference.layers[0].difference(), 0);
  EXPECT_NEAR(difference.layers[1].difference(), -0.018, 1e-12);
  EXPECT_EQ(difference.operators.front().name, "Softmax") << "the greatest change first";
  double sum = 0;
  for (const TimeChange& part : difference.parts) sum += part.difference();
  EXPECT_NEAR(sum, difference.wall.difference(), 1e-12);
}

TEST(Hints, NameWhatIsNotFusedWithTheCommandThatHelps) {
  const HintFacts facts{
      .model = "bert.onnx",
      .outlook = {{.form = "attention", .gained = 12, .reason = {}},
                  {.form = "layer_norm", .missed = 1, .reason = "its axis is not the last"}}};
  const std::vector<Hint> hints = find_hints(profile_of(plain_run()), facts);
  ASSERT_GE(hints.size(), 2U);
  EXPECT_EQ(hints[0].text,
            "12 attention blocks are not fused in the graph that ran, and ort-opt fuses them");
  EXPECT_EQ(hints[0].command, "ort-opt bert.onnx --target cpu");
  EXPECT_EQ(hints[1].text, "1 layer norm block is not fused: its axis is not the last");
  EXPECT_EQ(hints[1].command, "ort-opt bert.onnx --target cpu --dry-run --explain");
}

TEST(Hints, CopiesAndNodesThatFellBackToTheCpuAreTold) {
  const Profile profile =
      profile_of(TraceText()
                     .run(0, 100)
                     .node("m", "MemcpyToHost", 0, 10, 1, "CUDAExecutionProvider")
                     .node("f", "NonZero", 10, 30)
                     .node("g", "MatMul", 50, 10, 1, "CUDAExecutionProvider"));
  const std::vector<NodeTime> fallbacks = find_fallbacks(profile, {"CUDAExecutionProvider"});
  ASSERT_EQ(fallbacks.size(), 1U);
  EXPECT_EQ(fallbacks[0].name, "f");
  std::string all;
  for (const Hint& hint : find_hints(profile, {})) all += hint.text + "\n";
  EXPECT_THAT(all, HasSubstr("copies between devices take 10.0 %"));
  EXPECT_THAT(all, HasSubstr("1 node fell back to the CPU"));
}

TEST(Hints, AModelThatRunsOnTheCpuOnlyHasNoFallbacks) {
  EXPECT_TRUE(find_fallbacks(profile_of(plain_run()), {}).empty());
}

TEST(Timelines, ShowLayersOverTheirNodesAndBodiesBelowTheirLoop) {
  const Layers layers = Layers::from_names({"layer.0/a", "layer.0/loop", "layer.1/a"});
  const Trace trace = trace_of(TraceText()
                                   .run(0, 100)
                                   .executor(1, 98)
                                   .node("layer.0/a", "Add", 2, 10)
                                   .node("layer.0/loop", "Loop", 15, 30)
                                   .executor(16, 28)
                                   .node("inner", "Mul", 20, 5)
                                   .node("layer.1/a", "Add", 50, 10));
  const Timelines runs(trace, layers, 0);
  ASSERT_EQ(runs.count(), 1U);
  std::vector<std::string> seen;
  for (const TimelineSpan& span : runs.at(0))
    seen.push_back(std::to_string(span.depth) + " " + span.name);
  EXPECT_THAT(seen, ElementsAre("0 run", "1 layer 0", "1 layer 1", "2 layer.0/a", "2 layer.0/loop",
                                "3 inner", "2 layer.1/a"));
}

}  // namespace
}  // namespace ortopt
