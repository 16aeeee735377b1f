// The command line of ort-bench, run as a process. A stand-in of a few lines takes the place of the
// Python side: it copies files and answers with times.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/browser.h"
#include "tests/support/numeric_oracle.h"
#include "tests/tools/workplace.h"

namespace ortopt {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// Called as `python -c SCRIPT SETTINGS`.
constexpr const char* stand_in = R"sh(#!/bin/sh
settings=$3
path_of() { echo "$settings" | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }
while read -r question; do
  case $question in
    *export*) cp model.onnx "$(path_of output)"
              echo '{"torch": "2.1", "transformers": "4.2", "remarks": ["random weights"]}' ;;
    *optimise*) cp "$(path_of input)" "$(path_of output)"; echo '{}' ;;
    *open*) echo '{"creation": 0.1, "first_run": 0.01, "version": "2.1", "batch": 1}' ;;
    *run*) echo '{"seconds": [0.01, 0.01]}' ;;
    *) echo '{"peak_bytes": 1}' ;;
  esac
done
)sh";

class OrtBench : public Workplace {
 protected:
  OrtBench() {
    std::ofstream(folder_ / "python") << stand_in;
    std::filesystem::permissions(folder_ / "python", std::filesystem::perms::owner_all);
  }
  [[nodiscard]] test_support::Outcome ort_bench(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--ort-lib", test_support::runtime_library().string(),
                                       "--python", (folder_ / "python").string()});
    return test_support::run_process(ORTOPT_BIN "/ort-bench", arguments, folder_.path());
  }
  [[nodiscard]] std::vector<std::string> lines_of(const char* name) const {
    std::ifstream file(folder_ / name);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
};

TEST_F(OrtBench, WritesTheIncumbentsTables) {
  const auto outcome = ort_bench({"-m", "model.onnx", "-b", "1",     "2",          "-s",  "3",
                                  "4",  "-n",         "1",  "-t",    "4",          "-d",  "d.csv",
                                  "-r", "r.csv",      "-f", "f.csv", "--markdown", "b.md"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto detail = lines_of("d.csv");
  ASSERT_THAT(detail, SizeIs(1 + 2 * 4)) << "untouched and optimised, four settings";
  EXPECT_EQ(detail[0],
            "engine,version,providers,device,precision,optimizer,io_binding,model_name,inputs,"
            "threads,batch_size,sequence_length,custom_layer_num,datetime,test_times,QPS,"
            "average_latency_ms,latency_variance,latency_90_percentile,latency_95_percentile,"
            "latency_99_percentile");
  const auto summary = lines_of("r.csv");
  ASSERT_THAT(summary, SizeIs(3));
  EXPECT_EQ(summary[0],
            "model_name,inputs,custom_layer_num,engine,version,providers,device,precision,"
            "optimizer,io_binding,threads,b1_s3,b1_s4,b2_s3,b2_s4");
  const auto fusion = lines_of("f.csv");
  ASSERT_THAT(fusion, SizeIs(3)) << "a line for each file";
  EXPECT_THAT(fusion[0], StartsWith("model_filename,datetime,transformers,torch,Embed"));
  EXPECT_THAT(fusion[2], StartsWith("onnx_models/model_fp32_cpu.onnx,"));
  EXPECT_THAT(lines_of("b.md")[0], EndsWith("| Batch | length 3 | length 4 |"));
  EXPECT_TRUE(exists("onnx_models/model_fp32_cpu.onnx"));
}

TEST_F(OrtBench, MeasuresWhatEachOptimizerMade) {
  const auto outcome =
      ort_bench({"-m", "model.onnx", "-s", "3", "-n", "1", "-t", "4", "-d", "d.csv", "-p", "fp32",
                 "fp16", "-o", "no_opt", "by_ort", "by_script", "by_incumbent"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto detail = lines_of("d.csv");
  ASSERT_THAT(detail, SizeIs(1 + 4 + 2)) << "only two of them convert to half precision";
  EXPECT_THAT(detail[2], HasSubstr(",fp32,by_ort,"));
  EXPECT_THAT(detail[5], HasSubstr(",fp16,by_script,"));
  EXPECT_THAT(detail[6], HasSubstr(",fp16,by_incumbent,"));
  for (const char* file : {"fp32_cpu_ort", "fp32_cpu", "fp32_cpu_incumbent", "fp16_cpu"})
    EXPECT_TRUE(exists("onnx_models/model_" + std::string(file) + ".onnx")) << file;
}

TEST_F(OrtBench, NamesAreExportedAndRunInPyTorch) {
  const auto outcome = ort_bench(
      {"-m", "bert-base-cased", "-i", "2",    "-e", "onnxruntime", "torch", "torch.compile",
       "-o", "no_opt",          "-s", "3",    "-n", "1",           "-t",    "4",
       "-d", "d.csv",           "-f", "f.csv"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(exists("onnx_models/bert_base_cased_2.onnx"));
  EXPECT_THAT(outcome.out, HasSubstr("random weights")) << "remarks are told";
  const auto detail = lines_of("d.csv");
  ASSERT_THAT(detail, SizeIs(4));
  EXPECT_THAT(detail[2], StartsWith("torch,2.1,NA,CPU,fp32,,False,bert-base-cased,2,1,1,3,"));
  EXPECT_THAT(detail[3], StartsWith("torch2,"));
  EXPECT_THAT(lines_of("f.csv"), ElementsAre(HasSubstr("model_filename"), HasSubstr(",4.2,2.1,")))
      << "the versions of the export";
}

TEST_F(OrtBench, ABatchOfZeroOnlyMakesFiles) {
  const auto outcome = ort_bench({"-m", "model.onnx", "-b", "0", "-f", "f.csv"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(lines_of("f.csv"), SizeIs(3));
}

TEST_F(OrtBench, WithoutThePythonThatIsNeededTheOthersAreMeasuredAndTheExitCodeIsOne) {
  std::filesystem::remove(folder_ / "python");
  const auto outcome = ort_bench({"-m", "model.onnx", "-s", "3", "-n", "1", "-t", "4", "-o",
                                  "no_opt", "by_incumbent", "-d", "d.csv"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("cannot be started"));
  EXPECT_THAT(lines_of("d.csv"), SizeIs(2));
}

TEST_F(OrtBench, WhatIsNotThereIsRefused) {
  EXPECT_EQ(ort_bench({"-m", "model.onnx", "-e", "torch"}).exit_code, 2) << "it has no ONNX";
  EXPECT_EQ(ort_bench({"-m", "bert-base-cased", "-e", "tensorflow"}).exit_code, 2);
  EXPECT_THAT(ort_bench({"-m", "model.onnx", "-p", "int8"}).err, HasSubstr("not available yet"));
  EXPECT_EQ(ort_bench({"-m", "model.onnx", "-p", "fp16", "-o", "no_opt"}).exit_code, 2);
  EXPECT_EQ(ort_bench({"-m", "missing.onnx"}).exit_code, 1);
  EXPECT_EQ(ort_bench({}).exit_code, 2);
  EXPECT_EQ(ort_bench({"-m", "model.onnx", "-d", "no/such/folder.csv"}).exit_code, 1);
  EXPECT_FALSE(exists("onnx_models")) << "before anything is made";
}

TEST_F(OrtBench, ThePageDrawsItsPlotsInABrowserWithoutANetwork) {
  const auto browser = test_support::find_browser();
  if (!browser) GTEST_SKIP() << "no Chromium on this machine";
  const auto outcome = ort_bench(
      {"-m", "model.onnx", "-b", "1", "2", "-s", "3", "-n", "1", "-t", "4", "--html", "page.html"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto seen = test_support::visit(*browser, folder_ / "page.html");
  EXPECT_TRUE(seen.drawn);
  EXPECT_EQ(seen.painted, 1);
  EXPECT_EQ(seen.resources, 0);
  EXPECT_THAT(seen.console, IsEmpty());
}

}  // namespace
}  // namespace ortopt
