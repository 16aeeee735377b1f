#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/browser.h"
#include "tests/support/numeric_oracle.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using test_support::bytes_of_file;
using test_support::Outcome;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string bert = ORTOPT_MODELS "/bert-t26-legacy-sdpa-op14.onnx";
const std::string other_bert = ORTOPT_MODELS "/bert-t213-dynamo-sdpa-op18.onnx";
const std::string gpt2 = ORTOPT_MODELS "/gpt2-past_separate-t110-legacy-eager-op12.onnx";

class OrtProfile : public testing::Test {
 protected:
  [[nodiscard]] Outcome run(std::vector<std::string> arguments) const {
    return test_support::run_process(ORTOPT_BIN "/ort-profile", arguments, folder_.path());
  }
  /// With a runtime, and few runs.
  [[nodiscard]] Outcome profile(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--samples", "20", "--thread_num", "1", "--ort-lib",
                                       test_support::runtime_library().string()});
    return run(std::move(arguments));
  }
  [[nodiscard]] nlohmann::json json(const std::string& name) const {
    return nlohmann::json::parse(bytes_of_file(folder_ / name));
  }

  test_support::TemporaryFolder folder_;
};

class OrtProfileRuns : public OrtProfile {
 protected:
  void SetUp() override {
    if (!test_support::has_runtime()) GTEST_SKIP() << "no ONNX Runtime at hand";
  }
};

TEST_F(OrtProfile, WithoutAModelItIsBadUsage) {
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_EQ(run({"--diff", "a.onnx"}).exit_code, 2);
  EXPECT_EQ(run({"a.onnx", "--diff", "a.onnx", "b.onnx"}).exit_code, 2);
}

TEST_F(OrtProfile, WithoutARuntimeItSaysWhereItLooked) {
  const Outcome outcome = run({bert, "--ort-lib", "/nowhere"});
  EXPECT_EQ(outcome.exit_code, 6);
  EXPECT_THAT(outcome.err, HasSubstr("/nowhere"));
}

TEST_F(OrtProfile, AFileThatIsNoModelIsToldApartFromOneThatIsMissing) {
  folder_.write("text.onnx", "no model");
  EXPECT_EQ(run({"text.onnx"}).exit_code, 3);
  EXPECT_EQ(run({"missing.onnx"}).exit_code, 1);
  folder_.write("other.json", "{}");
  EXPECT_EQ(run({"--input", "other.json"}).exit_code, 2);
}

TEST_F(OrtProfile, HelpHasExamplesAndExitCodes) {
  const Outcome outcome = run({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Examples:"));
  EXPECT_THAT(outcome.out, HasSubstr("Exit codes:"));
}

TEST_F(OrtProfile, OutputsThatWouldOverwriteWhatIsReadAreRefused) {
  folder_.write("p.json", "[]");
  EXPECT_EQ(run({"--input", "p.json", "--json", "p.json"}).exit_code, 2);
}

TEST_F(OrtProfileRuns, TablesHintsAndFilesOfOneModel) {
  const Outcome outcome = profile({bert, "--json", "p.json", "--csv", "p.csv", "--html", "p.html",
                                   "--trace", "t.json", "--keep", "kept"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* text :
       {"without profiling", "Where the time goes", "wall time", "By layer", "layer 1",
        "By operator", "MatMul", "CPUExecutionProvider", "2 attention blocks are not fused"})
    EXPECT_THAT(outcome.out, HasSubstr(text));
  const nlohmann::json report = json("p.json");
  EXPECT_EQ(report["schema_version"], 1);
  EXPECT_EQ(report["runs"], 20);
  const double wall = report["wall"]["wall_ms"];
  double sum = report["wall"]["gap_ms"];
  for (const auto& node : report["nodes"]) sum += node["mean_ms"].get<double>();
  EXPECT_NEAR(sum, wall, 0.001 * wall);
  EXPECT_THAT(bytes_of_file(folder_ / "p.csv"), StartsWith("order,node,operator,layer,"));
  EXPECT_EQ(json("t.json")["traceEvents"][1]["ph"], "X");
  EXPECT_FALSE(std::filesystem::is_empty(folder_ / "kept"));
}

TEST_F(OrtProfileRuns, AProfileThatIsKeptGivesTheSameTablesWhenItIsRead) {
  ASSERT_EQ(profile({bert, "--keep", "kept", "--json", "run.json"}).exit_code, 0);
  const auto kept = std::filesystem::directory_iterator(folder_ / "kept")->path();
  const std::size_t warm_up = json("run.json")["recording"]["warm_up_runs"];
  const Outcome outcome =
      run({"--input", kept.string(), "--warm-up", std::to_string(warm_up), "--json", "read.json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(json("read.json")["runs"], 20);
  EXPECT_EQ(json("read.json")["nodes"].size(), json("run.json")["nodes"].size());
  EXPECT_THAT(outcome.out, HasSubstr("layer 1")) << "layers are read from names then";
}

TEST_F(OrtProfileRuns, TheDifferenceOfTwoModelsIsAlignedByLayer) {
  const Outcome outcome =
      profile({"--diff", bert, other_bert, "--json", "d.json", "--html", "d.html"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("B against A: "));
  const nlohmann::json difference = json("d.json");
  EXPECT_EQ(difference["layers"].size(), 4U);
  double sum = 0;
  for (const auto& part : difference["parts"]) sum += part["difference_ms"].get<double>();
  EXPECT_NEAR(sum, difference["wall"]["difference_ms"], 1e-6);
}

TEST_F(OrtProfileRuns, AModelWithPastStateTakesItsLength) {
  const Outcome outcome =
      profile({gpt2, "--dummy_inputs", "gpt2", "-s", "1", "--past_sequence_length", "8"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("sequence 1, past 8"));
}

TEST_F(OrtProfileRuns, ItsPagesDrawWithoutErrorsAndWithoutANetwork) {
  const auto browser = test_support::find_browser();
  if (!browser) GTEST_SKIP() << "no Chromium on this machine";
  ASSERT_EQ(profile({bert, "--html", "p.html"}).exit_code, 0);
  const auto page = test_support::visit(*browser, folder_ / "p.html");
  EXPECT_TRUE(page.drawn);
  EXPECT_EQ(page.canvases, 3) << "a flame chart, layers, operators";
  EXPECT_EQ(page.painted, 3);
  EXPECT_EQ(page.resources, 0);
  EXPECT_THAT(page.console, IsEmpty());
}

}  // namespace
}  // namespace ortopt
