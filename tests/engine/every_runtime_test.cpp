// What tools need of a runtime, asked of each version that is at hand.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ortopt/engine/input_request.h"
#include "ortopt/engine/offline.h"
#include "tests/engine/temporary_models.h"
#include "tests/support/test_runtimes.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_engine;
using test_support::TestRuntime;
using ::testing::HasSubstr;

const std::filesystem::path bert =
    std::filesystem::path(ORTOPT_MODELS) / "bert-t26-legacy-sdpa-op14.onnx";

class EveryRuntime : public ::testing::TestWithParam<TestRuntime> {
 protected:
  /// Older runtimes crash when they are let go of while the process ends.
  static void TearDownTestSuite() { loaded_.clear(); }

  static Engine& engine() {
    std::unique_ptr<Engine>& engine = loaded_[GetParam().name];
    if (engine != nullptr) return *engine;
    Result<std::unique_ptr<Engine>> fresh = load_engine(GetParam().library);
    if (!fresh) throw std::runtime_error(fresh.error().text());
    engine = std::move(*fresh);
    return *engine;
  }
  static std::unique_ptr<Session> open(const SessionOptions& options) {
    Result<std::unique_ptr<Session>> session = engine().open(bert, options);
    if (!session) throw std::runtime_error(session.error().text());
    return std::move(*session);
  }
  static std::vector<NamedTensor> inputs(const Session& session) {
    const auto source = inputs_for({.batch = 2, .sequence = 9}, session, bert);
    return *source->sample(0);
  }

 private:
  inline static std::map<std::string, std::unique_ptr<Engine>> loaded_;
};

double largest_difference(const std::vector<NamedTensor>& one,
                          const std::vector<NamedTensor>& other) {
  double largest = one.size() == other.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < one.size() && i < other.size(); ++i) {
    const std::vector<double> a = *one[i].tensor.numbers();
    const std::vector<double> b = *other[i].tensor.numbers();
    if (a.size() != b.size()) return INFINITY;
    for (std::size_t k = 0; k < a.size(); ++k) largest = std::max(largest, std::abs(a[k] - b[k]));
  }
  return largest;
}

TEST_P(EveryRuntime, IsTheVersionThatItsFolderSays) {
  if (GetParam().name != "default") {
    EXPECT_EQ(engine().version(), GetParam().name);
  }
  EXPECT_EQ(*runtime_version(GetParam().library), engine().version());
  EXPECT_THAT(engine().providers(), ::testing::Contains("cpu"));
}

TEST_P(EveryRuntime, GivesTheSameResults) {
  const auto here = open({});
  const auto feeds = inputs(*here);
  const auto found = here->run(feeds);
  ASSERT_TRUE(found) << found.error().text();
  auto there = the_engine().open(bert, {});
  EXPECT_LT(largest_difference(*found, *(*there)->run(feeds)), 1e-4);
}

TEST_P(EveryRuntime, BoundRunsEqualPlainOnes) {
  const auto session =
      open({.intra_op_threads = 2, .inter_op_threads = 2, .order = ExecutionOrder::parallel});
  const auto feeds = inputs(*session);
  auto run = session->bind(feeds);
  ASSERT_TRUE(run) << run.error().text();
  for (int i = 0; i < 2; ++i) {
    const Result<void> done = (*run)->run();
    ASSERT_TRUE(done) << done.error().text();
  }
  EXPECT_LT(largest_difference(*session->run(feeds), *(*run)->outputs()), 1e-6);
}

TEST_P(EveryRuntime, ProfilesNameKernels) {
  const TemporaryModels files;
  const auto session = open({.profile_prefix = files.folder() / "profile"});
  ASSERT_TRUE(session->run(inputs(*session)));
  const auto path = session->end_profiling();
  ASSERT_TRUE(path) << path.error().text();
  std::ifstream file(*path);
  const auto events = nlohmann::json::parse(file);
  EXPECT_TRUE(std::ranges::any_of(events, [](const auto& event) {
    return event.value("cat", "") == "Node" && event.at("args").contains("op_name");
  }));
}

TEST_P(EveryRuntime, OptimisesOffline) {
  const TemporaryModels files;
  const auto output = files.folder() / "out.onnx";
  const Result<void> done = optimise_offline(bert, output, {.runtime = GetParam().library});
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_TRUE(engine().open(output, {}));
}

TEST_P(EveryRuntime, ComplainsInItsOwnWords) {
  TemporaryModels files;
  EXPECT_THAT(engine().open(files.write("bad.onnx", "hello"), {}).error().text(),
              HasSubstr("bad.onnx"));
  EXPECT_EQ(engine().open(bert, {.providers = {{"quantum", {}}}}).error().code, Code::usage);
  EXPECT_EQ(open({})->run({}).error().code, Code::failure);
}

INSTANTIATE_TEST_SUITE_P(All, EveryRuntime, ::testing::ValuesIn(test_support::every_runtime()),
                         [](const auto& test) { return test_support::test_name(test.param); });

}  // namespace
}  // namespace ortopt
