// The tools that run models do so with every runtime, and agree with each other.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "ortopt/engine/engine.h"
#include "ortopt/ir/save.h"
#include "tests/support/deep_bert.h"
#include "tests/support/numeric_oracle.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runtimes.h"

namespace ortopt {
namespace {

using test_support::TestRuntime;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string bert = ORTOPT_MODELS "/bert-t21-legacy-eager-op13.onnx";

class Tools : public ::testing::Test {
 protected:
  explicit Tools(std::filesystem::path runtime = test_support::runtime_library())
      : runtime_(std::move(runtime)) {}

  /// Runs in the folder, which has to succeed; what it wrote to out.json.
  [[nodiscard]] nlohmann::json run(const std::string& tool, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--ort-lib", runtime_.string()});
    const test_support::Outcome outcome =
        test_support::run_process(ORTOPT_BIN "/" + tool, arguments, folder_.path());
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    out_ = outcome.out;
    return nlohmann::json::parse(test_support::bytes_of_file(folder_ / "out.json"));
  }
  [[nodiscard]] std::string version() const { return runtime_version(runtime_).value_or("none"); }

  std::filesystem::path runtime_;
  test_support::TemporaryFolder folder_;
  std::string out_;
};

class EveryTool : public Tools, public ::testing::WithParamInterface<TestRuntime> {
 protected:
  EveryTool() : Tools(GetParam().library) {}
};

TEST_P(EveryTool, OptimisesComparesMeasuresAndProfiles) {
  (void)run("ort-opt", {bert, "-o", "fast.onnx", "--report", "out.json"});
  const auto compared = run("compare_results", {bert, "fast.onnx", "--report", "out.json"});
  EXPECT_EQ(compared["outcome"], "equal");
  const auto measured =
      run("perf_test", {"fast.onnx", "--against", bert, "-s", "8", "-n", "1", "--samples", "1",
                        "-t", "20", "--results", "none", "--json", "out.json"});
  EXPECT_EQ(measured["cases"][1]["latency"]["count"], 20);
  EXPECT_THAT(measured["runtime"].get<std::string>(), HasSubstr("ONNX Runtime " + version()));
  const auto profiled = run("ort-profile", {"fast.onnx", "-s", "8", "--thread_num", "1",
                                            "--samples", "20", "--json", "out.json"});
  EXPECT_EQ(profiled["runs"], 20);
  EXPECT_FALSE(profiled["nodes"].empty());
}

INSTANTIATE_TEST_SUITE_P(All, EveryTool, ::testing::ValuesIn(test_support::every_runtime()),
                         [](const auto& one) { return test_support::test_name(one.param); });

TEST_F(Tools, TheProfilerRanksTwoModelsAsPerfTestDoes) {
  // Four times the work: no machine is too busy to see it.
  constexpr int layers = 8;
  const auto deep_model = test_support::make_deep_bert(bert, layers);
  ASSERT_TRUE(save(*deep_model, folder_ / "deep.onnx"));
  for (const auto& [first, second] :
       {std::pair(bert, std::string("deep.onnx")), std::pair(std::string("deep.onnx"), bert)}) {
    const auto measured =
        run("perf_test", {second, "--against", first, "-s", "8", "-n", "1", "--samples", "1", "-t",
                          "60", "--results", "none", "--json", "out.json"});
    const auto profiled = run("ort-profile", {"--diff", first, second, "-s", "8", "--thread_num",
                                              "1", "--samples", "60", "--json", "out.json"});
    const bool is_slower = second == "deep.onnx";
    EXPECT_EQ(measured["cases"][1]["comparison"]["ratio"].get<double>() > 1, is_slower);
    EXPECT_EQ(profiled["wall"]["difference_ms"].get<double>() > 0, is_slower);
    EXPECT_THAT(out_, Not(HasSubstr("Profiling turns the order around")));
  }
}

}  // namespace
}  // namespace ortopt
