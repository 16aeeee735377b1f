// Results are made for the runtime that is named, and equal there.
#include <gmock/gmock.h>

#include "ortopt/engine/engine.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runtimes.h"

namespace ortopt {
namespace {

using test_support::TestRuntime;

/// A runtime and a model whose opset the oldest one knows.
using Pair = std::tuple<TestRuntime, std::string>;

class EveryRuntime : public ::testing::TestWithParam<Pair> {};

TEST_P(EveryRuntime, FindsTheResultEqual) {
  const auto& [runtime, model] = GetParam();
  const Result<std::string> version = runtime_version(runtime.library);
  ASSERT_TRUE(version) << version.error().text();
  const test_support::TemporaryFolder folder;
  const std::string minor = version->substr(0, version->find('.', version->find('.') + 1));
  const test_support::Outcome run = test_support::run_process(
      ORTOPT_BIN "/ort-opt",
      {std::string(ORTOPT_MODELS) + "/" + model + ".onnx", "-o", folder.path() / "out.onnx",
       "--verify", "on", "--ort-lib", runtime.library, "--target", "any,ort=" + minor},
      folder.path());
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
}

std::string name_of_pair(const ::testing::TestParamInfo<Pair>& info) {
  std::string name =
      test_support::test_name(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    All, EveryRuntime,
    ::testing::Combine(::testing::ValuesIn(test_support::every_runtime()),
                       ::testing::Values("bert-t26-legacy-sdpa-op14", "gpt2-t21-legacy-eager-op13",
                                         "gpt2-past_separate-t110-legacy-eager-op12",
                                         "t5enc-t110-legacy-eager-op12",
                                         "bert-fp16-t26-legacy-sdpa-op17")),
    name_of_pair);

}  // namespace
}  // namespace ortopt
