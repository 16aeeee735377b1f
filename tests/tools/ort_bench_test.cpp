// The command line of ort-bench, run as a process.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/numeric_oracle.h"
#include "tests/tools/workplace.h"

namespace ortopt {
namespace {

using ::testing::EndsWith;
using ::testing::SizeIs;
using ::testing::StartsWith;

class OrtBench : public Workplace {
 protected:
  [[nodiscard]] test_support::Outcome ort_bench(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--ort-lib", test_support::runtime_library().string()});
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
  const auto outcome = ort_bench({"-m", "model.onnx", "-b", "1", "2", "-s", "3", "4", "-n", "1",
                                  "-t", "4", "-d", "d.csv", "-r", "r.csv", "--html", "b.html"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto detail = lines_of("d.csv");
  ASSERT_THAT(detail, SizeIs(1 + 2 * 4)) << "untouched and optimised, four settings";
  EXPECT_THAT(detail[0], StartsWith("engine,version,providers,device,precision,optimizer,"));
  const auto summary = lines_of("r.csv");
  ASSERT_THAT(summary, SizeIs(3));
  EXPECT_THAT(summary[0], EndsWith("threads,b1_s3,b1_s4,b2_s3,b2_s4"));
  EXPECT_TRUE(exists("b.html"));
  EXPECT_TRUE(exists("onnx_models/model.opt.onnx"));
}

TEST_F(OrtBench, WhatIsNotThereIsRefused) {
  EXPECT_EQ(ort_bench({"-m", "model.onnx", "-e", "torch"}).exit_code, 2);
  EXPECT_EQ(ort_bench({"-m", "model.onnx", "-p", "int8"}).exit_code, 2);
  EXPECT_EQ(ort_bench({"-m", "missing.onnx"}).exit_code, 1);
  EXPECT_EQ(ort_bench({}).exit_code, 2);
}

}  // namespace
}  // namespace ortopt
