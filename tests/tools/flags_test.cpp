#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/numeric_oracle.h"
#include "tests/tools/workplace.h"
#include "tools/ort_opt/incumbent.h"

namespace ortopt {
namespace {

using test_support::Outcome;
using testing::HasSubstr;
using testing::Not;

class Flags : public Workplace {
 protected:
  /// A model with weights to convert, as bert.onnx.
  void take_bert() {
    std::filesystem::copy_file(
        std::filesystem::path(ORTOPT_MODELS) / "bert-t26-legacy-sdpa-op14.onnx",
        folder_ / "bert.onnx");
  }
};

TEST_F(Flags, TheCommandLineOfTheIncumbentWorksUnchanged) {
  const Outcome outcome = ort_opt({"--input", "model.onnx", "--output", "out.onnx", "--model_type",
                                   "bert", "--num_heads", "12", "--hidden_size", "768"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(exists("out.onnx"));
}

TEST_F(Flags, EveryFlagOfTheIncumbentIsTaken) {
  for (const std::string flag : {"--disable_attention",
                                 "--disable_skip_layer_norm",
                                 "--disable_embed_layer_norm",
                                 "--disable_bias_skip_layer_norm",
                                 "--disable_bias_gelu",
                                 "--disable_layer_norm",
                                 "--disable_gelu",
                                 "--disable_shape_inference",
                                 "--enable_gelu_approximation",
                                 "--enable_gemm_fast_gelu",
                                 "--use_mask_index",
                                 "--use_raw_attention_mask",
                                 "--no_attention_mask",
                                 "--use_multi_head_attention",
                                 "--disable_rotary_embeddings",
                                 "--disable_group_norm",
                                 "--disable_skip_group_norm",
                                 "--disable_packed_kv",
                                 "--disable_packed_qkv",
                                 "--disable_bias_add",
                                 "--disable_bias_splitgelu",
                                 "--disable_nhwc_conv",
                                 "--use_group_norm_channels_first",
                                 "--use_gpu",
                                 "--gpu_only",
                                 "--verbose",
                                 "--use_external_data_format",
                                 "--disable_symbolic_shape_infer",
                                 "--convert_attribute"}) {
    const Outcome outcome = ort_opt({"--input", "model.onnx", "--output", "out.onnx", flag});
    EXPECT_EQ(outcome.exit_code, 0) << flag << ": " << outcome.err;
  }
}

TEST_F(Flags, DashesAndUnderscoresAreTheSame) {
  const Outcome outcome = ort_opt({"model.onnx", "--dry_run", "--num-heads=2", "--model-type",
                                   "bert", "--disable-bias-gelu", "--list_passes"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST_F(Flags, ModelTypesAreTakenInAnyCaseAndUnknownOnesOnlyWarned) {
  EXPECT_EQ(ort_opt({"model.onnx", "--model_type", "BERT"}).err, "");
  const Outcome outcome = ort_opt({"model.onnx", "--model_type", "perceiver"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("--model_type perceiver is not known"));
}

TEST_F(Flags, AFlagWithoutEffectIsAWarningAndWithStrictAnError) {
  const Outcome warned = ort_opt({"model.onnx", "--disable_nhwc_conv"});
  EXPECT_EQ(warned.exit_code, 0);
  EXPECT_THAT(warned.err, HasSubstr("--disable_nhwc_conv has no effect"));
  std::filesystem::remove(folder_ / "model.opt.onnx");
  const Outcome refused = ort_opt({"model.onnx", "--disable_nhwc_conv", "--strict"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_FALSE(exists("model.opt.onnx"));
}

TEST_F(Flags, TheDeviceFlagThatWasGivenIsTheOneWithoutEffect) {
  for (const std::vector<std::string>& given : std::vector<std::vector<std::string>>{
           {"--gpu_only"}, {"--use_gpu"}, {"--provider", "cuda"}}) {
    std::vector<std::string> line = {"model.onnx", "--dry-run"};
    line.insert(line.end(), given.begin(), given.end());
    EXPECT_THAT(ort_opt(line).err, HasSubstr(given.front() + " has no effect at --opt_level 0"));
  }
  EXPECT_THAT(ort_opt({"model.onnx", "--dry-run", "--gpu_only"}).err, Not(HasSubstr("--use_gpu")));
}

TEST_F(Flags, FlagsOfAConversionHaveNoEffectWithoutOne) {
  const std::vector<std::vector<std::string>> flags = {
      {"--keep_io_types", "true"},     {"--io-type", "y=fp16"},
      {"--keep-fp32", "Add"},          {"--op_block_list", "Add"},
      {"--node_block_list", "Add"},    {"--min_positive_val", "1e-7"},
      {"--max_finite_val", "10000"},   {"--force_fp16_initializers"},
      {"--force_fp16_inputs", "Add=1"}};
  for (const std::vector<std::string>& flag : flags) {
    std::vector<std::string> line = {"--input", "model.onnx", "--dry-run"};
    line.insert(line.end(), flag.begin(), flag.end());
    const Outcome warned = ort_opt(line);
    EXPECT_EQ(warned.exit_code, 0) << warned.err;
    EXPECT_THAT(warned.err,
                HasSubstr(flag.front() + " has no effect: everything stays in float32"));
    line.emplace_back("--strict");
    EXPECT_EQ(ort_opt(line).exit_code, 2) << flag.front();
    line.back() = "--float16";
    EXPECT_THAT(ort_opt(line).err, Not(HasSubstr("has no effect"))) << flag.front();
  }
}

TEST_F(Flags, AGlobThatMatchesNoNodeIsAWarningAndWithStrictAnError) {
  for (const std::string flag : {"--skip", "--only"}) {
    const Outcome warned = ort_opt({"model.onnx", "--dry-run", flag, "gelu@no_such_node*"});
    EXPECT_EQ(warned.exit_code, 0) << warned.err;
    EXPECT_THAT(warned.err, HasSubstr(flag + " gelu@no_such_node* matches no node of the model"));
    const Outcome refused = ort_opt({"model.onnx", flag, "gelu@no_such_node*", "--strict"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(ort_opt({"model.onnx", "--dry-run", flag, "gelu@*"}).err,
                Not(HasSubstr("matches")));
  }
  EXPECT_FALSE(exists("model.opt.onnx"));
}

TEST_F(Flags, Float16HalvesTheFileAndSaysWhatItKept) {
  take_bert();
  const Outcome outcome = ort_opt({"bert.onnx", "--float16"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("operators compute in float16"));
  EXPECT_LT(std::filesystem::file_size(folder_ / "bert.opt.onnx"),
            std::filesystem::file_size(folder_ / "bert.onnx") / 2);
}

TEST_F(Flags, PrecisionTakesTheIncumbentsWordsAndOurs) {
  take_bert();
  const std::vector<std::vector<std::string>> lines = {
      {"--precision", "fp16"},
      {"--precision=float16", "--keep_io_types", "false"},
      {"--float16", "--keep-io-types", "last_hidden_state"},
      {"--float16", "--io-type", "last_hidden_state=fp16"},
      {"--float16", "--op_block_list", "Attention", "Gather", "--min_positive_val", "1e-7"},
      {"--float16", "--node-block-list", "a,b", "--max_finite_val", "10000"},
      {"--float16", "--keep-fp32", "*LayerNorm*", "--keep-fp32", "Gemm"},
      {"--float16", "--force_fp16_initializers", "--force_fp16_inputs", "GroupNorm=1,2"},
  };
  for (std::vector<std::string> line : lines) {
    line.insert(line.begin(), "bert.onnx");
    const Outcome outcome = ort_opt(line);
    EXPECT_EQ(outcome.exit_code, 0) << testing::PrintToString(line) << outcome.err;
  }
}

TEST_F(Flags, PrecisionsThatMakeNoSenseAreRefused) {
  take_bert();
  const std::vector<std::vector<std::string>> lines = {
      {"--precision", "fp17"},
      {"--precision", "bf16"},
      {"--precision", "bf16", "--float16"},
      {"--float16", "--io-type", "nope=fp16"},
      {"--float16", "--io-type", "last_hidden_state=int8"},
      {"--float16", "--io-type", "input_ids=fp16"},
      {"--float16", "--io-type", "last_hidden_state"},
      {"--float16", "--max_finite_val", "70000"},
      {"--float16", "--min_positive_val", "1e-9"},
      {"--float16", "--force_fp16_inputs", "GroupNorm=one"},
  };
  for (std::vector<std::string> line : lines) {
    line.insert(line.begin(), "bert.onnx");
    const Outcome outcome = ort_opt(line);
    EXPECT_EQ(outcome.exit_code, 2) << testing::PrintToString(line);
    EXPECT_FALSE(exists("bert.opt.onnx"));
  }
}

TEST_F(Flags, WhatIsNotThereYetIsRefusedRatherThanLeftUndone) {
  const Outcome outcome = ort_opt({"model.onnx", "--convert_to_packing_mode"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("not available yet"));
  EXPECT_FALSE(exists("model.opt.onnx"));
}

TEST_F(Flags, MixedPrecisionIsMeasuredOrRefused) {
  take_bert();
  const Outcome without = ort_opt({"bert.onnx", "--precision=mixed", "--verify", "off", "--ort-lib",
                                   (folder_ / "none.so").string()});
  EXPECT_EQ(without.exit_code, 6);
  EXPECT_THAT(without.err, HasSubstr("mixed precision is chosen by running the model"));
  EXPECT_FALSE(exists("bert.opt.onnx"));
  EXPECT_THAT(
      ort_opt({"bert.onnx", "--float16", "--input-data", "none.npz", "--verify", "off"}).err,
      HasSubstr("--input-data has no effect without --precision mixed"));
}

TEST_F(Flags, MixedPrecisionTellsWhatItMeasured) {
  take_bert();
  if (!test_support::has_runtime()) GTEST_SKIP() << "no runtime found";
  const Outcome outcome = ort_opt(
      {"bert.onnx", "--precision=mixed", "--rtol", "0.05", "--atol", "0.05", "--verify", "on"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Measured in 2 runs"));
  EXPECT_THAT(outcome.out, HasSubstr("Verified: equal"));
}

TEST_F(Flags, AnUnknownFlagIsRefusedWithTheOneThatWasMeant) {
  const Outcome typo = ort_opt({"model.onnx", "--num_haeds", "12"});
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_THAT(typo.err, HasSubstr("unknown option --num_haeds; did you mean --num_heads?"));
  EXPECT_THAT(ort_opt({"model.onnx", "--quantize"}).err,
              HasSubstr("unknown option --quantize; see --help"));
  EXPECT_FALSE(exists("model.opt.onnx"));
}

TEST_F(Flags, ValuesThatMakeNoSenseAreRefused) {
  const std::vector<std::vector<std::string>> lines = {
      {},
      {"--input"},
      {"model.onnx", "--num_heads", "twelve"},
      {"model.onnx", "--num_heads", "-1"},
      {"model.onnx", "--opt_level", "3"},
      {"model.onnx", "--target", "toaster"},
      {"model.onnx", "--verify", "maybe"},
      {"model.onnx", "--explain=poem"},
      {"model.onnx", "--expect", "attention"},
      {"model.onnx", "--only", "no_such_pass"},
      {"model.onnx", "--skip", "no_such_pass@*"},
      {"model.onnx", "--input", "model.onnx"},
      {"model.onnx", "other.onnx"},
      {"model.onnx", "--external-data", "--inline"},
      {"model.onnx", "--only_onnxruntime", "--opt_level", "0"},
      {"model.onnx", "--dump", "--report", "-"},
      {"model.onnx", "--dump", "--explain=json"},
      {"model.onnx", "--dry-run", "--verify", "on"},
      {"model.onnx", "--dry-run=yes"},
      {"model.onnx", "--disable_attention=false"},
      {"model.onnx", "--output", ""},
      {"model.onnx", "--target", ""},
      {"model.onnx", "--only", "attention@"},
      {"model.onnx", "--num_heads", "99999999999999999999"},
      {"info"},
      {"info", "model.onnx", "--what"},
  };
  for (const auto& line : lines) {
    const Outcome outcome = ort_opt(line);
    EXPECT_EQ(outcome.exit_code, 2) << testing::PrintToString(line) << outcome.err;
    EXPECT_THAT(outcome.err, testing::StartsWith("ort-opt: ")) << testing::PrintToString(line);
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(folder_.listing(), "model.onnx\n");
}

TEST_F(Flags, TheLastOfAFlagGivenTwiceCounts) {
  const Outcome outcome =
      ort_opt({"--input",     "no.onnx",  "--input",     "model.onnx", "--output",    "no.onnx",
               "--output",    "out.onnx", "--num_heads", "3",          "--num-heads", "12",
               "--opt_level", "99",       "--opt-level", "0",          "--verify",    "on",
               "--verify",    "off",      "--verbose",   "--verbose"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(folder_.listing(), "model.onnx\nout.onnx\n");
  const std::string info = ort_opt({"info", "out.onnx"}).out;
  EXPECT_THAT(info, HasSubstr("--num_heads 12"));
  EXPECT_THAT(info, Not(HasSubstr("--num_heads 3")));
}

TEST_F(Flags, AFlagThatTakesNoValueSaysSo) {
  EXPECT_THAT(ort_opt({"model.onnx", "--dry-run=no"}).err, HasSubstr("--dry-run takes no value"));
  EXPECT_THAT(ort_opt({"model.onnx", "--num_heads", "x"}).err,
              HasSubstr("expected a number, 0 or more, found 'x'"));
  EXPECT_THAT(ort_opt({"model.onnx", "b.onnx"}).err, HasSubstr("'b.onnx' was not expected"));
}

TEST_F(Flags, SwitchesNamePassesThatExist) {
  const std::string passes = ort_opt({"--list-passes"}).out;
  const auto is_planned = [](std::string_view pass) {
    return pass.empty() || pass == "rotary_embedding" || pass == "group_norm";
  };
  for (const tool::FusionSwitch& entry : tool::fusion_switches)
    for (const std::string_view pass : entry.passes)
      EXPECT_TRUE(is_planned(pass) || passes.find("  " + std::string(pass) + " ") != passes.npos)
          << entry.flag << " names " << pass;
}

TEST_F(Flags, WhatCannotBePrintedIsAFailure) {
  const std::string binary = (std::filesystem::path(ORTOPT_BIN) / "ort-opt").string();
  for (const std::string flags : {"--dump", "--report -", "--explain=json"}) {
    const std::string line = "'" + binary + "' --dry-run " + flags + " model.onnx > /dev/full";
    const Outcome outcome = test_support::run_process("/bin/sh", {"-c", line}, folder_.path());
    EXPECT_EQ(outcome.exit_code, 1) << flags;
    EXPECT_THAT(outcome.err, HasSubstr("standard output cannot be written"));
  }
}

TEST_F(Flags, ExplainDoesNotTakeTheFileForItsValue) {
  const Outcome outcome = ort_opt({"--explain", "model.onnx"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(exists("model.opt.onnx"));
}

TEST_F(Flags, FlagsThatAddUpDoNotTakeTheFileForTheirNextValue) {
  for (const auto& [flag, value] : std::map<std::string, std::string>{
           {"--expect", "gelu=0"}, {"--skip", "gelu"}, {"--only", "gelu"}, {"--keep-fp32", "Add"}})
    EXPECT_EQ(ort_opt({flag, value, "model.onnx"}).exit_code, 0) << flag;
  EXPECT_EQ(ort_opt({"--skip", "gelu", "--skip", "attention", "model.onnx"}).exit_code, 0);
}

TEST_F(Flags, HelpHasExamplesAndExitCodes) {
  const Outcome outcome = ort_opt({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("ort-opt bert.onnx"));
  EXPECT_THAT(outcome.out, HasSubstr("Exit codes"));
  EXPECT_EQ(ort_opt({"info", "--help"}).exit_code, 0);
}

TEST_F(Flags, VersionIsOneLine) {
  EXPECT_THAT(ort_opt({"--version"}).out,
              testing::MatchesRegex("ort-opt [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Flags, PassesAreListedWithASentenceEach) {
  const Outcome outcome = ort_opt({"--list-passes"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("dead_code"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("wrote")));
}

TEST_F(Flags, SkippedPassesDoNotRun) {
  const Outcome outcome = ort_opt({"model.onnx", "--skip", "no_ops", "--dump"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Identity"));
  EXPECT_THAT(ort_opt({"model.onnx", "--dump"}).out, Not(HasSubstr("Identity")));
}

}  // namespace
}  // namespace ortopt
