// The command line of compare_results, run as a process.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/browser.h"
#include "tests/support/numeric_oracle.h"
#include "tests/tools/workplace.h"

namespace ortopt {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CompareResults : public Workplace {
 protected:
  CompareResults() {
    const auto model = test_support::model_of(R"(
        g (float[batch, sequence, 8] x) => (float[batch, sequence, 8] y) {
          half = Mul(x, x)
          y = Tanh(half)
        })");
    if (!save(*model, folder_ / "other.onnx")) throw std::runtime_error("cannot save");
  }

  [[nodiscard]] test_support::Outcome compare(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--ort-lib", test_support::runtime_library().string()});
    return test_support::run_process(std::filesystem::path(ORTOPT_BIN) / "compare_results",
                                     arguments, folder_.path());
  }
};

TEST_F(CompareResults, EqualModelsAreExitCodeZero) {
  const auto outcome = compare({"model.onnx", "model.onnx"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Equal: 1 outputs"));
}

TEST_F(CompareResults, DifferentModelsAreExitCodeFourAndTheReasonIsOnStderr) {
  const auto outcome = compare({"model.onnx", "other.onnx"});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("compare_results: output 'y': element [0, 0, 0] was"));
  EXPECT_THAT(outcome.out, HasSubstr("DIFFERENT in"));
}

TEST_F(CompareResults, TakesTheIncumbentsFlags) {
  const auto outcome = compare({"--baseline_model", "model.onnx", "--optimized_model", "model.onnx",
                                "--batch_size", "2", "--sequence_length", "4", "--samples", "3",
                                "--rtol", "1e-3", "--atol", "1e-4"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("3 samples"));
}

TEST_F(CompareResults, TheReportIsJson) {
  const auto outcome = compare({"model.onnx", "other.onnx", "--report", "-"});
  const nlohmann::json report = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(report.at("schema_version"), 1);
  EXPECT_EQ(report.at("outcome"), "different");
  EXPECT_EQ(report.at("outputs").at(0).at("type"), "float");
}

TEST_F(CompareResults, ThePageSaysWhereTheyPart) {
  const auto outcome = compare({"model.onnx", "other.onnx", "--bisect", "--html", "page.html"});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.out, HasSubstr("the models part at 'y'"));
  std::ifstream file(folder_ / "page.html");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(page, HasSubstr("the models part at"));
  EXPECT_THAT(page, HasSubstr("Where they part"));
}

TEST_F(CompareResults, ThePageDrawsItsPlotsInABrowserWithoutANetwork) {
  const auto browser = test_support::find_browser();
  if (!browser) GTEST_SKIP() << "no Chromium on this machine";
  ASSERT_EQ(compare({"model.onnx", "other.onnx", "--bisect", "--html", "page.html"}).exit_code, 4);
  const auto seen = test_support::visit(*browser, folder_ / "page.html");
  EXPECT_TRUE(seen.drawn);
  EXPECT_EQ(seen.painted, 3) << "the way through the model, sizes and places of differences";
  EXPECT_EQ(seen.resources, 0);
  EXPECT_THAT(seen.console, IsEmpty());
}

TEST_F(CompareResults, WhatWasKeptIsABaseline) {
  EXPECT_EQ(compare({"model.onnx", "model.onnx", "--output_dir", "kept"}).exit_code, 0);
  EXPECT_TRUE(exists("kept/test_data_set_0/output_0.pb"));
  EXPECT_EQ(compare({"kept", "model.onnx"}).exit_code, 0);
  EXPECT_EQ(compare({"kept", "other.onnx"}).exit_code, 4);
}

TEST_F(CompareResults, ExitCodesTellWhatWentWrong) {
  EXPECT_EQ(compare({"model.onnx"}).exit_code, 2);
  EXPECT_EQ(compare({"model.onnx", "missing.onnx"}).exit_code, 1);
  EXPECT_EQ(compare({"--map", "x", "model.onnx", "model.onnx"}).exit_code, 2);
  EXPECT_EQ(
      test_support::run_process(std::filesystem::path(ORTOPT_BIN) / "compare_results",
                                {"--ort-lib", ".", "model.onnx", "model.onnx"}, folder_.path())
          .exit_code,
      6);
  std::ofstream(folder_ / "text.onnx") << "text";
  EXPECT_EQ(compare({"text.onnx", "model.onnx"}).exit_code, 3);
}

}  // namespace
}  // namespace ortopt
