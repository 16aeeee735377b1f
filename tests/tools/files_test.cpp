#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/workplace.h"

namespace ortopt {
namespace {

using test_support::bytes_of_file;
using test_support::Outcome;
using testing::HasSubstr;

using Files = Workplace;

TEST_F(Files, TheResultGoesBesideTheInputWithoutOutput) {
  const Outcome outcome = ort_opt({"model.onnx"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(folder_.listing(), "model.onnx\nmodel.opt.onnx\n");
  EXPECT_THAT(outcome.out, HasSubstr("model.onnx -> model.opt.onnx"));
}

TEST_F(Files, ADryRunWritesNothing) {
  const Outcome outcome = ort_opt({"model.onnx", "--dry-run"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(folder_.listing(), "model.onnx\n");
  EXPECT_THAT(outcome.out, HasSubstr("nothing written"));
}

TEST_F(Files, MissingFoldersOfTheOutputAreMade) {
  const Outcome outcome = ort_opt({"model.onnx", "-o", "new/deep/out.onnx"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(exists("new/deep/out.onnx"));
}

TEST_F(Files, FoldersThatWereMadeGoWithAFailure) {
  const Outcome outcome = ort_opt({"no.onnx", "-o", "new/deep/out.onnx"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_FALSE(exists("new"));
}

TEST_F(Files, TheOutputMayBeTheInput) {
  const std::string before = bytes_of_file(folder_ / "model.onnx");
  const Outcome outcome = ort_opt({"model.onnx", "--output", "model.onnx"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(bytes_of_file(folder_ / "model.onnx"), before);
  EXPECT_EQ(folder_.listing(), "model.onnx\n");
  EXPECT_EQ(ort_opt({"model.onnx", "--output", "model.onnx"}).exit_code, 0);
}

TEST_F(Files, TheSameCommandWritesTheSameBytes) {
  EXPECT_EQ(ort_opt({"model.onnx", "-o", "one.onnx"}).exit_code, 0);
  EXPECT_EQ(ort_opt({"--verbose", "-i", "model.onnx", "-o", "two.onnx"}).exit_code, 0);
  EXPECT_EQ(bytes_of_file(folder_ / "one.onnx"), bytes_of_file(folder_ / "two.onnx"));
}

TEST_F(Files, WhatIsMissingIsAFailureAndWhatIsNoModelABadModel) {
  folder_.write("empty.onnx", "");
  folder_.write("text.onnx", "This is no model, whatever its name says.\n");
  std::filesystem::create_directory(folder_ / "folder.onnx");
  const std::string listing = folder_.listing();
  for (const auto& [name, exit_code] : std::vector<std::pair<std::string, int>>{
           {"missing.onnx", 1}, {"folder.onnx", 3}, {"empty.onnx", 3}, {"text.onnx", 3}}) {
    const Outcome outcome = ort_opt({name});
    EXPECT_EQ(outcome.exit_code, exit_code) << name << ": " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(name));
    EXPECT_EQ(ort_opt({"info", name}).exit_code, exit_code);
  }
  EXPECT_EQ(folder_.listing(), listing);
}

TEST_F(Files, AnOutputThatCannotBeIsRefused) {
  std::filesystem::create_directory(folder_ / "folder");
  for (const std::string folder : {"folder", "folder/", ".", "..", "new/", "new/.", "new/deep/"}) {
    const Outcome outcome = ort_opt({"model.onnx", "-o", folder});
    EXPECT_EQ(outcome.exit_code, 2) << folder;
    EXPECT_THAT(outcome.err, HasSubstr("output '" + folder + "' is a folder; name a file in it"));
  }
  EXPECT_EQ(ort_opt({"model.onnx", "-o", "model.onnx/out.onnx"}).exit_code, 1);
  EXPECT_EQ(folder_.listing(), "folder\nmodel.onnx\n");
}

TEST_F(Files, WeightsGoToAFileOfTheirOwnWhenAsked) {
  std::string numbers = "0.5";
  for (int i = 1; i < 40 * 40; ++i) numbers += ", " + std::to_string(i);
  const auto model =
      test_support::model_of("g (float[batch, 40] x) => (float[batch, 40] y) <float[40, 40] w = {" +
                             numbers + "}> { y = MatMul(x, w) }");
  ASSERT_TRUE(save(*model, folder_ / "model.onnx"));
  for (const std::string flag : {"--use_external_data_format", "--external-data"}) {
    const Outcome outcome = ort_opt({"model.onnx", "-o", "out.onnx", flag});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(folder_.listing(), "model.onnx\nout.onnx\nout.onnx.data\n");
    EXPECT_THAT(ort_opt({"info", "out.onnx"}).out, HasSubstr("external data"));
    std::filesystem::remove(folder_ / "out.onnx.data");
  }
}

TEST_F(Files, DataThatTheInputReadsIsNotOverwritten) {
  std::string numbers = "0.5";
  for (int i = 1; i < 40 * 40; ++i) numbers += ", " + std::to_string(i);
  const auto model =
      test_support::model_of("g (float[batch, 40] x) => (float[batch, 40] y) <float[40, 40] w = {" +
                             numbers + "}> { t = MatMul(x, w) y = Identity(t) }");
  ASSERT_TRUE(save(*model, folder_ / "a.onnx", {.weights = WeightPlacement::external}));
  std::filesystem::rename(folder_ / "a.onnx", folder_ / "b.onnx");
  const std::string data = bytes_of_file(folder_ / "a.onnx.data");
  for (const std::string output : {"a.onnx", "a.onnx.data"}) {
    const Outcome outcome = ort_opt({"b.onnx", "-o", output});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("which the input reads"));
  }
  EXPECT_EQ(bytes_of_file(folder_ / "a.onnx.data"), data);
  EXPECT_EQ(ort_opt({"b.onnx", "-o", "a.onnx", "--inline"}).exit_code, 0);
  EXPECT_EQ(ort_opt({"b.onnx", "-o", "b.onnx"}).exit_code, 0);
}

TEST_F(Files, IntegerInputsBecomeInt32WhenAsked) {
  const auto model =
      test_support::model_of("g (int64[batch] ids) => (int64[batch] y) { y = Neg(ids) }");
  ASSERT_TRUE(save(*model, folder_ / "model.onnx"));
  const Outcome outcome = ort_opt({"model.onnx", "--input_int32", "-o", "out.onnx"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(ort_opt({"info", "out.onnx"}).out, HasSubstr("ids: int32 [batch]"));
}

TEST_F(Files, InfoTellsSignatureOperatorsAndProvenanceWithoutPaths) {
  ASSERT_EQ(ort_opt({"--input", (folder_ / "model.onnx").string(), "--output", "out.onnx",
                     "--num_heads", "4"})
                .exit_code,
            0);
  const Outcome outcome = ort_opt({"info", "out.onnx"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("x: float [batch, sequence, 8]"));
  EXPECT_THAT(outcome.out, HasSubstr("1 x Tanh"));
  EXPECT_THAT(outcome.out, HasSubstr("Provenance"));
  EXPECT_THAT(outcome.out, HasSubstr("--num_heads 4"));
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr(folder_.path().string())));
}

}  // namespace
}  // namespace ortopt
