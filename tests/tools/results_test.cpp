#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "ortopt/ir/text.h"
#include "tests/tools/workplace.h"

namespace ortopt {
namespace {

using nlohmann::json;
using test_support::bytes_of_file;
using test_support::Outcome;
using testing::HasSubstr;
using testing::Not;

using Results = Workplace;

TEST_F(Results, AReportHoldsEveryKeyOfTheSchema) {
  const Outcome outcome = ort_opt({"model.onnx", "--report", "report.json", "--num_heads", "2"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json report = json::parse(bytes_of_file(folder_ / "report.json"));
  EXPECT_EQ(report["schema_version"], 1);
  for (const char* key : {"tool_version",   "input",        "output",   "files",
                          "flags",          "fingerprint",  "target",   "problem",
                          "input_bytes",    "output_bytes", "seconds",  "nodes_before",
                          "nodes_after",    "forms",        "fused",    "misses",
                          "assumptions",    "warnings",     "notes",    "taken_back",
                          "verification",   "passes",       "rewrites", "operators_before",
                          "operators_after"})
    EXPECT_TRUE(report.contains(key)) << key;
  EXPECT_EQ(report["flags"], json::parse(R"(["--num_heads 2", "--verify off"])"));
  EXPECT_EQ(report["nodes_before"], 2);
  EXPECT_EQ(report["nodes_after"], 1);
  EXPECT_EQ(report["files"], json::parse(R"(["model.opt.onnx"])"));
  EXPECT_EQ(report["verification"]["outcome"], "not_run");
}

TEST_F(Results, AReportOnStdoutIsAloneThere) {
  const Outcome outcome = ort_opt({"model.onnx", "--report", "-"});
  EXPECT_TRUE(json::accept(outcome.out)) << outcome.out;
  const Outcome explained = ort_opt({"model.onnx", "--explain=json"});
  EXPECT_TRUE(json::accept(explained.out)) << explained.out;
}

TEST_F(Results, AReportThatCannotBeWrittenIsAFailure) {
  EXPECT_EQ(ort_opt({"model.onnx", "--report", "no/such/folder/report.json"}).exit_code, 1);
  std::filesystem::create_directory(folder_ / "report.json");
  const Outcome outcome = ort_opt({"model.onnx", "--report", "report.json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("cannot write 'report.json': it is a directory"));
  EXPECT_FALSE(exists("model.opt.onnx"));
}

TEST_F(Results, AReportThatIsNeverMadeLeavesTheOldOne) {
  std::ofstream(folder_ / "report.json") << "old";
  std::ofstream(folder_ / "model.onnx") << "no model";
  EXPECT_EQ(ort_opt({"model.onnx", "--report", "report.json"}).exit_code, 3);
  EXPECT_EQ(bytes_of_file(folder_ / "report.json"), "old");
  EXPECT_EQ(folder_.listing(), "model.onnx\nreport.json\n");
}

TEST_F(Results, AReportGoesToADeviceToo) {
  const Outcome outcome = ort_opt({"model.onnx", "--report", "/dev/null"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(Results, AReportNeverOverwritesAModel) {
  EXPECT_EQ(ort_opt({"model.onnx", "--report", "./model.onnx"}).exit_code, 2);
  EXPECT_EQ(ort_opt({"model.onnx", "-o", "out.onnx", "--report", "out.onnx"}).exit_code, 2);
  EXPECT_EQ(folder_.listing(), "model.onnx\n");
}

TEST_F(Results, AnUnmetExpectationHasItsExitCodeAndNoOutput) {
  const Outcome outcome =
      ort_opt({"model.onnx", "--expect", "attention=12", "--report", "report.json"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("expected 12 attention, found 0"));
  EXPECT_FALSE(exists("model.opt.onnx"));
  const json report = json::parse(bytes_of_file(folder_ / "report.json"));
  EXPECT_EQ(report["problem"]["exit_code"], 5);
  EXPECT_TRUE(report["output"].is_null());
}

TEST_F(Results, ARequiredFusionThatIsNotThereIsAnUnmetExpectation) {
  const Outcome outcome = ort_opt({"model.onnx", "--require-fusion"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("found nothing to fuse"));
  EXPECT_FALSE(exists("model.opt.onnx"));
}

TEST_F(Results, AMetExpectationIsASuccess) {
  const Outcome outcome = ort_opt({"model.onnx", "--expect", "Tanh=1", "--expect", "attention=0"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST_F(Results, ADumpIsTheTextOfTheResult) {
  const Outcome outcome = ort_opt({"model.onnx", "--dump", "--dry-run"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto parsed = parse_text(outcome.out);
  ASSERT_TRUE(parsed) << parsed.error().text();
  EXPECT_EQ((*parsed)->graph().node_count(), 1U);
}

TEST_F(Results, NothingUnverifiedIsCalledVerified) {
  EXPECT_THAT(ort_opt({"model.onnx", "--verify", "off"}).out, Not(HasSubstr("erified")));
  EXPECT_THAT(ort_opt({"model.onnx", "--dry-run", "--verify", "auto"}).out,
              Not(HasSubstr("erified")));
}

TEST_F(Results, AMissingRuntimeHasItsExitCodeWhereOneIsNeeded) {
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--verify", "on"}, {"--opt_level", "1"}, {"--only_onnxruntime"}}) {
    std::vector<std::string> line = {"model.onnx", "--ort-lib", "no/such/library.so"};
    line.insert(line.end(), flags.begin(), flags.end());
    const Outcome outcome = ort_opt(line);
    EXPECT_EQ(outcome.exit_code, 6) << testing::PrintToString(flags) << outcome.err;
    EXPECT_FALSE(exists("model.opt.onnx"));
  }
}

TEST_F(Results, ALibraryThatIsNoRuntimeIsAsGoodAsNone) {
  for (const char* mode : {"on", "auto"}) {
    const Outcome outcome = ort_opt({"model.onnx", "--ort-lib", "model.onnx", "--verify", mode});
    EXPECT_EQ(outcome.exit_code, 6) << mode << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("cannot be used as ONNX Runtime"));
    EXPECT_FALSE(exists("model.opt.onnx"));
  }
}

TEST_F(Results, LogsGoToStderrOnly) {
  const Outcome quiet = ort_opt({"model.onnx", "--report", "-"});
  EXPECT_EQ(quiet.err, "");
  const Outcome verbose = ort_opt({"model.onnx", "--report", "-", "--verbose"});
  EXPECT_NE(verbose.err, "");
  EXPECT_TRUE(json::accept(verbose.out));
}

}  // namespace
}  // namespace ortopt
