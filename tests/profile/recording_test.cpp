#include "ortopt/profile/recording.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ortopt/ir/load.h"
#include "ortopt/profile/profile.h"
#include "ortopt/profile/timeline.h"
#include "tests/support/numeric_oracle.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

class Recorded : public testing::Test {
 protected:
  void SetUp() override {
    if (!test_support::has_runtime()) GTEST_SKIP() << "no ONNX Runtime at hand";
  }

  [[nodiscard]] RecordingRequest request(const std::string& model) const {
    RecordingRequest request{.samples = 30, .folder = folder_.path()};
    request.setting.model = ORTOPT_MODELS "/" + model;
    request.setting.runtime = test_support::runtime_library();
    request.setting.options.intra_op_threads = 1;
    request.setting.inputs.sequence = 32;
    return request;
  }

 private:
  test_support::TemporaryFolder folder_;
};

TEST_F(Recorded, SumsReconcileWithTheWallTimeThatTheCallerSees) {
  const Result<Recording> recording = record(request("bert-t26-legacy-sdpa-op14.onnx"));
  ASSERT_TRUE(recording) << recording.error().text();
  EXPECT_EQ(recording->plain.size(), 30U);
  EXPECT_EQ(recording->profiled.size(), 30U);
  const Result<Trace> trace = read_trace(recording->profile);
  ASSERT_TRUE(trace) << trace.error().text();
  const Result<Profile> profile =
      analyse(*trace, {}, {.warm_up = recording->warm_up, .wall = recording->profiled});
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(profile->runs, 30U) << "warm-up runs are told from those that count";
  const WallTime& wall = profile->wall;
  const double parts =
      wall.kernels + wall.fences + wall.between + wall.around + wall.outside - wall.overlap;
  EXPECT_NEAR(parts, wall.wall, 0.001 * wall.wall);
  double nodes = 0;
  for (const NodeTime& node : profile->nodes) nodes += node.time.mean;
  EXPECT_NEAR(nodes, wall.kernels, 0.001 * wall.wall) << "the table of nodes leaves none out";
  EXPECT_GE(wall.outside, -0.05 * wall.wall) << "the runtime's measure lies within the caller's";
}

TEST_F(Recorded, TheGraphThatRanTellsTheLayerOfEveryNode) {
  const Result<Recording> recording = record(request("bert-t213-dynamo-sdpa-op18.onnx"));
  ASSERT_TRUE(recording) << recording.error().text();
  ASSERT_FALSE(recording->optimized_model.empty());
  const Result<LoadedModel> graph = load(recording->optimized_model);
  ASSERT_TRUE(graph) << graph.error().text();
  const Layers layers = Layers::from_graph(graph->model->graph());
  EXPECT_EQ(layers.count(), 2);
  const Result<Trace> trace = read_trace(recording->profile);
  ASSERT_TRUE(trace);
  int known = 0;
  const std::vector<std::string> names = node_names(*trace);
  for (const std::string& name : names) known += layers.of(name) ? 1 : 0;
  EXPECT_EQ(known, static_cast<int>(names.size()));
  EXPECT_EQ(Timelines(*trace, layers, recording->warm_up).count(), 30U);
}

TEST_F(Recorded, AModelThatCannotRunIsToldInTheRuntimesWords) {
  RecordingRequest broken = request("bert-t26-legacy-sdpa-op14.onnx");
  broken.setting.options.providers = {{.name = "nonesuch", .options = {}}};
  const Result<Recording> recording = record(broken);
  ASSERT_FALSE(recording);
  EXPECT_EQ(recording.error().code, Code::usage) << recording.error().text();
}

}  // namespace
}  // namespace ortopt
