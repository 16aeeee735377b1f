#include <gmock/gmock.h>

#include "tools/common/input_flags.h"
#include "tools/common/log_flags.h"
#include "tools/common/runtime_flags.h"

namespace ortopt::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

/// All flags that tools share, read from one line.
struct Line {
  CommandLine line{"tool", "A tool.", "Examples: none"};
  RuntimeFlags runtime;
  InputFlags inputs;
  LogFlags log;

  Line() {
    declare_runtime_flags(line, runtime);
    declare_input_flags(line, inputs);
    declare_log_flags(line, log);
  }
  std::string parse(const std::vector<std::string>& arguments) {
    const Result<std::string> text = line.parse(arguments);
    return text ? *text : text.error().text();
  }
};

TEST(CommonFlags, WithoutAnyTheRuntimesDefaultsAndOneCaseAreMeant) {
  Line line;
  EXPECT_EQ(line.parse({}), "");
  const Result<SessionOptions> options = session_options(line.runtime);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->optimization, RuntimeOptimization::all);
  EXPECT_THAT(options->providers, IsEmpty());
  EXPECT_TRUE(options->spinning);
  const Result<InputRequest> request = input_request(line.inputs);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->batch, 1);
  EXPECT_EQ(request->sequence, 128);
  EXPECT_EQ(request->average_length, std::nullopt);
  EXPECT_EQ(log_level(line.log), LogLevel::warning);
}

TEST(CommonFlags, ProvidersKeepTheirOrderAndOptions) {
  Line line;
  EXPECT_EQ(line.parse({"--provider", "tensorrt:trt_fp16_enable=1,device_id=1", "--provider",
                        "CUDAExecutionProvider"}),
            "");
  const Result<SessionOptions> options = session_options(line.runtime);
  ASSERT_TRUE(options) << options.error().text();
  ASSERT_THAT(options->providers, SizeIs(2));
  EXPECT_EQ(options->providers[0].name, "tensorrt");
  EXPECT_THAT(options->providers[0].options,
              ElementsAre(Pair("device_id", "1"), Pair("trt_fp16_enable", "1")));
  EXPECT_EQ(options->providers[1].name, "CUDAExecutionProvider");
}

TEST(CommonFlags, UseGpuMeansCuda) {
  Line line;
  EXPECT_EQ(line.parse({"--use_gpu"}), "");
  EXPECT_EQ(session_options(line.runtime)->providers.at(0).name, "cuda");
}

TEST(CommonFlags, SettingsOfTheSessionAreTaken) {
  Line line;
  EXPECT_EQ(line.parse({"-n", "3", "--inter_op_num_threads=2", "--parallel", "--opt_level", "1",
                        "--no_spinning", "--no-arena", "--session-config", "session.a=b=c"}),
            "");
  const Result<SessionOptions> options = session_options(line.runtime);
  ASSERT_TRUE(options) << options.error().text();
  EXPECT_EQ(options->intra_op_threads, 3);
  EXPECT_EQ(options->inter_op_threads, 2);
  EXPECT_EQ(options->order, ExecutionOrder::parallel);
  EXPECT_EQ(options->optimization, RuntimeOptimization::basic);
  EXPECT_FALSE(options->spinning);
  EXPECT_FALSE(options->arena);
  EXPECT_THAT(options->config, ElementsAre(Pair("session.a", "b=c")));
}

TEST(CommonFlags, MalformedProvidersAndEntriesAreErrors) {
  for (const auto& arguments : {std::vector<std::string>{"--provider", ":a=b"},
                                {"--provider", "cuda:device_id"},
                                {"--session-config", "key"},
                                {"--session-config", "=1"}}) {
    Line line;
    EXPECT_EQ(line.parse(arguments), "");
    EXPECT_EQ(session_options(line.runtime).error().code, Code::usage) << arguments.back();
  }
}

TEST(CommonFlags, SeveralSizesAreEveryCombination) {
  Line line;
  EXPECT_EQ(line.parse({"--batch_size", "1", "8", "-s", "16", "128", "--average_sequence_length",
                        "10", "--seed=7"}),
            "");
  const auto requests = input_requests(line.inputs);
  ASSERT_TRUE(requests) << requests.error().text();
  ASSERT_THAT(*requests, SizeIs(4));
  EXPECT_EQ((*requests)[1].batch, 1);
  EXPECT_EQ((*requests)[1].sequence, 128);
  EXPECT_EQ((*requests)[3].batch, 8);
  EXPECT_EQ((*requests)[3].average_length, 10);
  EXPECT_EQ((*requests)[3].seed, 7U);
  EXPECT_EQ(input_request(line.inputs).error().code, Code::usage);
}

TEST(CommonFlags, NamesOfInputsBecomeMeanings) {
  Line line;
  EXPECT_EQ(line.parse({"--input_ids", "a", "--segment_ids_name=b", "--dummy_inputs", "bert"}), "");
  const auto request = input_request(line.inputs);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->style, InputStyle::bert);
  EXPECT_THAT(request->meanings,
              ElementsAre(Pair("a", InputKind::ids), Pair("b", InputKind::segment)));
}

TEST(CommonFlags, AStyleThatIsUnknownIsAnErrorThatListsThem) {
  Line line;
  EXPECT_EQ(line.parse({"--dummy_inputs", "t5"}), "");
  EXPECT_THAT(input_request(line.inputs).error().text(), HasSubstr("default, bert, gpt2"));
}

TEST(CommonFlags, AFlagWithoutEffectIsToldOf) {
  Line line;
  EXPECT_EQ(line.parse({"--mask_type", "1"}), "");
  EXPECT_THAT(ineffective_input_flags(line.line, line.inputs),
              ElementsAre(HasSubstr("--mask_type has no")));
}

TEST(CommonFlags, AMaskOfLengthsAndTheirSumsCanBeAskedFor) {
  Line line;
  EXPECT_EQ(line.parse({"--mask_type", "3"}), "");
  EXPECT_THAT(ineffective_input_flags(line.line, line.inputs), IsEmpty());
  EXPECT_EQ(input_request(line.inputs)->length_form, LengthForm::with_sums);
}

TEST(CommonFlags, AnUnknownNameIsAnsweredWithTheNearest) {
  Line line;
  EXPECT_THAT(line.parse({"--batchsize", "1"}), HasSubstr("did you mean --batch_size?"));
}

TEST(CommonFlags, HelpAndVersionAreTextsToPrint) {
  EXPECT_THAT(Line().parse({"--help"}), HasSubstr("Examples: none"));
  EXPECT_THAT(Line().parse({"--version"}), ::testing::StartsWith("tool "));
}

TEST(CommonFlags, LogLevels) {
  Line verbose;
  EXPECT_EQ(verbose.parse({"-v"}), "");
  EXPECT_EQ(log_level(verbose.log), LogLevel::debug);
  Line off;
  EXPECT_EQ(off.parse({"--log-level", "off"}), "");
  EXPECT_EQ(log_level(off.log), LogLevel::off);
}

}  // namespace
}  // namespace ortopt::tool
