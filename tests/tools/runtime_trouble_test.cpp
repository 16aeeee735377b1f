// No runtime, and runtimes that crash: each tool says so and lives.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "ortopt/engine/engine.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using test_support::Outcome;
using ::testing::AnyOf;
using ::testing::HasSubstr;

/// A copy in the folder of the test: tools write beside models.
const std::string model = "model.onnx";

/// A tool and arguments with which it runs a model.
struct Command {
  std::string tool;
  std::vector<std::string> arguments;
};

void PrintTo(const Command& command, std::ostream* stream) { *stream << command.tool; }

class RuntimeTrouble : public ::testing::TestWithParam<Command> {
 protected:
  RuntimeTrouble() {
    std::filesystem::copy_file(ORTOPT_MODELS "/bert-t26-legacy-sdpa-op14.onnx",
                               folder_.path() / model);
  }
  [[nodiscard]] Outcome run(const std::string& library) const {
    std::vector<std::string> arguments = GetParam().arguments;
    arguments.insert(arguments.end(), {"--ort-lib", library});
    return test_support::run_process(ORTOPT_BIN "/" + GetParam().tool, arguments, folder_.path());
  }
  [[nodiscard]] Outcome run_with_crash(const char* stage) const {
    setenv("ORTOPT_TEST_RUNTIME", find_runtime()->c_str(), 1);
    setenv("ORTOPT_TEST_CRASH", stage, 1);
    return run(ORTOPT_CRASHING_RUNTIME);
  }

 private:
  test_support::TemporaryFolder folder_;
};

TEST_P(RuntimeTrouble, WithoutARuntimeItSaysWhatItLookedForAndEndsWith6) {
  const Outcome outcome = run("/nowhere/libonnxruntime.so");
  EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("--ort-lib names '/nowhere/libonnxruntime.so'"));
}

TEST_P(RuntimeTrouble, ALibraryThatIsNoRuntimeIsNone) {
  const Outcome outcome = run(ORTOPT_BIN "/" + GetParam().tool);
  EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("cannot be used as ONNX Runtime"));
}

TEST_P(RuntimeTrouble, WithoutACrashTheStandInWorks) {
  const Outcome outcome = run_with_crash("never");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST_P(RuntimeTrouble, ACrashIsReportedWithItsSignalAndTheRuntimesLastWords) {
  for (const char* stage : {"load", "open", "run"}) {
    const Outcome outcome = run_with_crash(stage);
    EXPECT_THAT(outcome.exit_code, AnyOf(1, 6)) << stage << ": " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("signal 11")) << stage;
    EXPECT_THAT(outcome.err, HasSubstr("something went wrong")) << stage;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, RuntimeTrouble,
    ::testing::Values(
        Command{"ort-opt", {model, "-o", "out.onnx", "--verify", "on"}},
        Command{"compare_results", {model, model, "-b", "1", "-s", "8"}},
        Command{"perf_test",
                {"--model", model, "-b", "1", "-s", "8", "--samples", "1", "-t", "2", "-n", "1"}},
        Command{"ort-profile", {"-m", model, "-b", "1", "-s", "8", "--samples", "2"}}),
    [](const auto& test) {
      std::string name = test.param.tool;
      std::ranges::replace(name, '-', '_');
      return name;
    });

}  // namespace
}  // namespace ortopt
