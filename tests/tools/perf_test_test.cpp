// The command line of perf_test, run as a process.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/browser.h"
#include "tests/support/numeric_oracle.h"
#include "tests/tools/workplace.h"

namespace ortopt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PerfTest : public Workplace {
 protected:
  [[nodiscard]] test_support::Outcome perf_test(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--ort-lib", test_support::runtime_library().string(),
                                       "--samples", "2", "--test_times", "5"});
    return test_support::run_process(ORTOPT_BIN "/perf_test", arguments, folder_.path());
  }

  /// The cells of the one perf_results_* file, line by line.
  [[nodiscard]] std::vector<std::vector<std::string>> results() const {
    std::vector<std::vector<std::string>> lines;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (!entry.path().filename().string().starts_with("perf_results_CPU_B1-2_S3_")) continue;
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        std::istringstream cells(line);
        lines.emplace_back();
        for (std::string cell; std::getline(cells, cell, '\t');) lines.back().push_back(cell);
      }
    }
    return lines;
  }
};

TEST_F(PerfTest, WritesTheIncumbentsFileBesideTheModel) {
  const auto outcome = perf_test({"--model", "model.onnx", "--batch_size", "1", "2",
                                  "--sequence_length", "3", "--intra_op_num_threads", "1"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Test summary is saved to ./perf_results_CPU_B1-2_S3_"));
  const auto lines = results();
  ASSERT_THAT(lines, SizeIs(3)) << "a head and one line for each batch size";
  EXPECT_THAT(lines[0],
              ElementsAre("Latency(ms)", "Latency_P50", "Latency_P75", "Latency_P90", "Latency_P95",
                          "Latency_P99", "Throughput(QPS)", "model", "graph_optimization_level",
                          "intra_op_num_threads", "batch_size", "sequence_length", "test_cases",
                          "test_times", "use_gpu", "use_io_binding", "average_sequence_length",
                          "random_sequence_length"));
  ASSERT_THAT(lines[1], SizeIs(18));
  EXPECT_EQ(lines[1][7], "model.onnx");
  EXPECT_EQ(lines[1][8], "ENABLE_ALL");
  EXPECT_EQ(lines[1][12], "2") << "samples";
  EXPECT_EQ(lines[1][13], "5") << "test times";
}

TEST_F(PerfTest, TellsEverythingAsJson) {
  const auto outcome =
      perf_test({"model.onnx", "--against", "model.onnx", "--json", "-", "--results", "none"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  ASSERT_THAT(json["cases"], SizeIs(2));
  EXPECT_EQ(json["cases"][0]["latency"]["count"], 10) << "samples times test times";
  EXPECT_FALSE(json["cases"][0].contains("comparison")) << "the one that the other is compared to";
  EXPECT_TRUE(json["cases"][1].contains("comparison"));
  EXPECT_GT(json["cases"][0]["creation"]["p50"], 0);
  EXPECT_GT(json["cases"][0]["peak_memory_bytes"], 1'000'000);
  EXPECT_NE(json["machine"]["logical_cores"], 0);
}

TEST_F(PerfTest, WritesPageAndTable) {
  const auto outcome = perf_test({"model.onnx", "--html", "p.html", "--csv", "p.csv"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(exists("p.html"));
  EXPECT_TRUE(exists("p.csv"));
}

TEST_F(PerfTest, ThePageDrawsItsPlotsInABrowserWithoutANetwork) {
  const auto browser = test_support::find_browser();
  if (!browser) GTEST_SKIP() << "no Chromium on this machine";
  ASSERT_EQ(perf_test({"model.onnx", "-b", "1", "2", "--html", "p.html"}).exit_code, 0);
  const auto seen = test_support::visit(*browser, folder_ / "p.html");
  EXPECT_TRUE(seen.drawn);
  EXPECT_EQ(seen.painted, 4) << "throughput and latency over batch, distribution, course";
  EXPECT_EQ(seen.resources, 0);
  EXPECT_THAT(seen.console, IsEmpty());
}

TEST_F(PerfTest, AnExpectationThatIsNotMetIsExitCodeFive) {
  const auto outcome = perf_test({"model.onnx", "--against", "model.onnx", "--expect", "faster"});
  EXPECT_EQ(outcome.exit_code, 5) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr("was expected to be faster; found: no difference"));
}

TEST_F(PerfTest, WhatCannotWorkIsSaidBeforeAnythingIsMeasured) {
  EXPECT_EQ(perf_test({}).exit_code, 2);
  EXPECT_EQ(perf_test({"missing.onnx"}).exit_code, 1);
  EXPECT_THAT(perf_test({"model.onnx", "--tune", "--tune_option", "cuda:use_tf32=0|1"}).err,
              HasSubstr("needs --provider cuda"));
  EXPECT_EQ(perf_test({"model.onnx", "--expect", "faster"}).exit_code, 2);
  EXPECT_EQ(perf_test({"model.onnx", "--input_tuning_results", "t.json"}).exit_code, 2);
  EXPECT_EQ(perf_test({"model.onnx", "--json", "no/such/folder/p.json"}).exit_code, 1);
}

TEST_F(PerfTest, AFileThatIsNoModelIsReportedBesideTheOthers) {
  std::ofstream(folder_ / "noise.onnx") << "noise";
  const auto outcome = perf_test({"model.onnx", "noise.onnx", "--results", "none"});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("noise.onnx, batch 1, length 128"));
  EXPECT_THAT(outcome.out, HasSubstr("FAILED"));
  EXPECT_THAT(outcome.err, HasSubstr("while measuring 'noise.onnx'"));
}

}  // namespace
}  // namespace ortopt
