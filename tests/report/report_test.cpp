#include "ortopt/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ortopt {
namespace {

using testing::HasSubstr;
using testing::Not;

Report example() {
  Report report;
  report.tool_version = "0.1.0";
  report.input = "bert.onnx";
  report.output = "bert.opt.onnx";
  report.files = {"bert.opt.onnx"};
  report.flags = {"--strict"};
  report.fingerprint = "0123456789abcdef";
  report.target = "any,ort=1.20";
  report.input_bytes = 418'000'000;
  report.output_bytes = 417'900'000;
  report.nodes_before = 1453;
  report.nodes_after = 87;
  report.operators_after = {{"com.microsoft.Attention", 11}, {"Softmax", 1}};
  report.fused = {{"com.microsoft.Attention", 11, "12 heads, masked"},
                  {"com.microsoft.BiasGelu", 12, ""}};
  report.facts.misses = {{"attention", "/layer.3/Softmax", "Softmax", "'Reshape_42' is odd"}};
  report.facts.assumptions = {{"attention", "attention_mask is 0 or 1"}};
  report.notes = {"nodes were not in topological order: sorted"};
  report.seconds = 0.41;
  return report;
}

TEST(Table, TellsWhatWasFusedWithHeads) {
  EXPECT_THAT(to_table(example()), HasSubstr("   11 x Attention                 12 heads, masked"));
  EXPECT_THAT(to_table(example()), HasSubstr("   12 x BiasGelu\n"));
}

TEST(Table, TellsSizesNodesAndTime) {
  EXPECT_THAT(to_table(example()), HasSubstr("418.0 MB -> 417.9 MB, 1453 -> 87 nodes, 0.41 s"));
}

TEST(Table, TellsWhatWasNotFusedAndWhy) {
  EXPECT_THAT(to_table(example()), HasSubstr("attention: 'Reshape_42' is odd"));
}

TEST(Table, TellsAssumptionsAndNotes) {
  EXPECT_THAT(to_table(example()), HasSubstr("attention_mask is 0 or 1 (attention)"));
  EXPECT_THAT(to_table(example()), HasSubstr("nodes were not in topological order: sorted"));
}

TEST(Table, GroupsMissesThatDifferInNamesOnly) {
  Report report = example();
  report.facts.misses.push_back(
      {"attention", "/layer.4/Softmax", "Softmax", "'Reshape_77' is odd"});
  EXPECT_THAT(to_table(report), HasSubstr("    2 x Softmax"));
  EXPECT_THAT(to_table(report), Not(HasSubstr("Reshape_77")));
}

TEST(Table, NeverCallsUnverifiedVerified) {
  Report report = example();
  report.verification.reason = "no runtime found";
  EXPECT_THAT(to_table(report), Not(HasSubstr("erified")));
  EXPECT_THAT(to_table(report), HasSubstr("Not checked against the original: no runtime found"));
  report.verification.outcome = Verification::Outcome::different;
  EXPECT_THAT(to_table(report), Not(HasSubstr("erified")));
}

TEST(Table, TellsNamesAndReasonsWithoutWhatATerminalWouldObey) {
  Report report = example();
  report.input = "bert\x1b[2J.onnx";
  report.fused.front().op = "evil\nOperator";
  report.facts.misses.front().reason = "'\x1b]0;title\x07' is odd";
  report.facts.assumptions.front().text = "'mask\r' is 0 or 1";
  report.notes.front() = "'a\tb' was sorted";
  report.taken_back = {"pass\x9b"};
  report.verification.reason = "it said '\x1b[31m'\n";
  const std::string table = to_table(report) + to_explanation(report);
  EXPECT_TRUE(std::ranges::none_of(table, [](unsigned char c) {
    return (c < ' ' && c != '\n') || c == 0x7f;
  })) << table;
  for (const char* part : {"bert\\x1b[2J.onnx", "evil\\nOperator", "'mask\\r'", "'a\\tb'",
                           "pass\\x9b", "'\\x1b[31m'\n"})
    EXPECT_THAT(table, HasSubstr(part));
}

TEST(Table, TellsWhatTheRuntimeSaidInAFewLinesAndTheReportAllOfIt) {
  Report report = example();
  report.verification.reason =
      "the runtime refuses the original: failed:/src/core/graph/model.cc:256 "
      "onnxruntime::Model::Model(onnx::ModelProto&&, bool) Unsupported model IR version" +
      std::string(500, '!') + "\n";
  EXPECT_THAT(to_table(report), HasSubstr("the original: failed: Unsupported model IR version!!"));
  EXPECT_THAT(to_table(report), HasSubstr("!! ... (--report has all of it)\n"));
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["verification"]["reason"], report.verification.reason);
}

TEST(Table, TellsTheLargestDifferenceOfAllOutputs) {
  Report report = example();
  report.verification = {
      .outcome = Verification::Outcome::equal,
      .runtime = "ONNX Runtime 1.20.1",
      .cases = {"batch 2, sequence 7", "batch 1, sequence 9"},
      .outputs = {{.name = "a", .max_relative = 1e-7}, {.name = "b", .max_relative = 2e-6}},
      .tolerance = 2e-4,
      .seconds = 1.5};
  EXPECT_THAT(to_table(report), HasSubstr("Verified: equal in 2 cases on ONNX Runtime 1.20.1, "
                                          "largest difference 2.0e-06 (allowed 2.0e-04), 1.50 s"));
}

TEST(Table, FitsOnOneScreenHoweverMuchThereIsToTell) {
  Report report = example();
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(i);
    report.facts.misses.push_back({"pass", "node" + n, "Op", "reason " + n});
    report.facts.assumptions.push_back({"pass", "fact " + n});
    report.notes.push_back("note " + n);
  }
  const std::string table = to_table(report);
  EXPECT_LE(std::count(table.begin(), table.end(), '\n'), 50);
  EXPECT_THAT(table, HasSubstr("... and 93 more: --explain"));
}

TEST(Table, SaysWhenNothingMatched) {
  Report report = example();
  report.fused.clear();
  EXPECT_THAT(to_table(report), HasSubstr("nothing matched"));
}

TEST(Table, SaysWhenNothingWasWritten) {
  Report report = example();
  report.output.clear();
  EXPECT_THAT(to_table(report), HasSubstr("bert.onnx (nothing written)"));
}

TEST(Explanation, NamesEveryAnchorOfAGroup) {
  Report report = example();
  report.facts.misses.push_back(
      {"attention", "/layer.4/Softmax", "Softmax", "'Reshape_77' is odd"});
  const std::string text = to_explanation(report);
  EXPECT_THAT(text, HasSubstr("attention (2 x Softmax)"));
  EXPECT_THAT(text, HasSubstr("/layer.3/Softmax\n"));
  EXPECT_THAT(text, HasSubstr("/layer.4/Softmax: 'Reshape_77' is odd"));
}

TEST(Explanation, SaysWhenThereIsNothingToExplain) {
  EXPECT_EQ(to_explanation(Report()), "No candidate for fusion was left as it was.\n");
}

TEST(Json, CarriesSchemaVersionAndFacts) {
  const auto json = nlohmann::json::parse(to_json(example()));
  EXPECT_EQ(json["schema_version"], Report::schema_version);
  EXPECT_EQ(json["output"], "bert.opt.onnx");
  EXPECT_EQ(json["forms"]["attention"], 11);
  EXPECT_EQ(json["fused"][0]["detail"], "12 heads, masked");
  EXPECT_EQ(json["misses"][0]["node"], "/layer.3/Softmax");
  EXPECT_EQ(json["verification"]["outcome"], "not_run");
  EXPECT_TRUE(json["problem"].is_null());
}

TEST(Json, CarriesTheProblemWithItsExitCode) {
  Report report = example();
  report.problem = Error{Code::expectation, "expected 12 attention, found 11", {}};
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["problem"]["exit_code"], 5);
  EXPECT_EQ(json["problem"]["message"], "expected 12 attention, found 11");
}

TEST(Json, SurvivesNamesThatAreNotUtf8) {
  Report report = example();
  report.facts.misses.front().node = "\xff\xfe";
  EXPECT_TRUE(nlohmann::json::accept(to_json(report)));
}

TEST(Forms, CountSkipAndEmbedFormsAsLayerNorms) {
  const OperatorCounts counts = {{"LayerNormalization", 1},
                                 {"com.microsoft.SkipLayerNormalization", 24},
                                 {"com.microsoft.EmbedLayerNormalization", 1},
                                 {"com.microsoft.BiasGelu", 12}};
  EXPECT_EQ(count_form(counts, "layer_norm"), 26U);
  EXPECT_EQ(count_form(counts, "skip_layer_norm"), 24U);
  EXPECT_EQ(count_form(counts, "gelu"), 12U);
  EXPECT_EQ(count_form(counts, "attention"), 0U);
}

}  // namespace
}  // namespace ortopt
