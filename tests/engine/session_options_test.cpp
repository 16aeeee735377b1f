#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ortopt/engine/engine.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_engine;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr auto twice = "g (float[N] x) => (float[N] y) { a = Add(x, x) y = Mul(a, x) }";

std::vector<NamedTensor> feeds() {
  return {{"x", Tensor::of(DataType::float32, {1}, std::vector<double>{3})}};
}

TEST(SessionOptions, EverySettingOfThreadsAndMemoryGivesTheSameNumbers) {
  TemporaryModels models;
  const auto model = models.save("twice", twice);
  for (const SessionOptions& options :
       {SessionOptions{.intra_op_threads = 1},
        SessionOptions{.intra_op_threads = 2,
        .inter_op_threads = 2,
        .order = ExecutionOrder::parallel,
        .spinning = false},
        SessionOptions{.arena = false, .memory_pattern = false},
        SessionOptions{.config = {{"session.set_denormal_as_zero", "1"}}}}) {
    auto session = the_engine().open(model, options);
    ASSERT_TRUE(session) << session.error().text();
    auto outputs = (*session)->run(feeds());
    ASSERT_TRUE(outputs) << outputs.error().text();
    EXPECT_EQ((*outputs)[0].tensor.splat(), 18);
  }
}

TEST(SessionOptions, AConfigurationThatTheRuntimeRefusesIsNamed) {
  TemporaryModels models;
  const std::string long_key(2000, 'k');
  auto session = the_engine().open(models.save("twice", twice), {.config = {{long_key, "1"}}});
  ASSERT_FALSE(session);
  EXPECT_THAT(session.error().text(), HasSubstr("while setting 'kkk"));
}

TEST(SessionOptions, TheCpuTakesNoOptions) {
  TemporaryModels models;
  auto session =
      the_engine().open(models.save("twice", twice), {.providers = {{"cpu", {{"threads", "2"}}}}});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::usage);
  EXPECT_THAT(session.error().text(), HasSubstr("'threads'"));
}

TEST(SessionOptions, APartOfAProvidersNameIsNotItsName) {
  TemporaryModels models;
  auto session = the_engine().open(models.save("twice", twice), {.providers = {{"cp", {}}}});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::usage);
}

TEST(SessionOptions, ProvidersMayBeCalledAsTheRuntimeCallsThem) {
  TemporaryModels models;
  auto session =
      the_engine().open(models.save("twice", twice), {.providers = {{"CPUExecutionProvider", {}}}});
  EXPECT_TRUE(session) << session.error().text();
}

TEST(Engine, SaysWhatProvidersItHas) { EXPECT_THAT(the_engine().providers(), Contains("cpu")); }

TEST(Profiling, LeavesTheRuntimesRecordOfEachRun) {
  TemporaryModels models;
  auto session = the_engine().open(models.save("twice", twice),
                                   {.profile_prefix = models.folder() / "profile"});
  ASSERT_TRUE(session) << session.error().text();
  auto run = (*session)->bind(feeds());
  ASSERT_TRUE((*run)->run());
  ASSERT_TRUE((*run)->run());
  const auto path = (*session)->end_profiling();
  ASSERT_TRUE(path) << path.error().text();
  EXPECT_EQ(path->parent_path(), models.folder());
  std::ifstream file(*path);
  const auto events = nlohmann::json::parse(file);
  const auto runs = std::ranges::count_if(
      events, [](const auto& event) { return event.value("name", "") == "model_run"; });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ((*session)->end_profiling().error().code, Code::usage);
}

TEST(Profiling, OfASessionWithoutAProfileIsAnError) {
  TemporaryModels models;
  auto session = the_engine().open(models.save("twice", twice), {});
  ASSERT_TRUE(session);
  EXPECT_EQ((*session)->end_profiling().error().code, Code::usage);
}

}  // namespace
}  // namespace ortopt
