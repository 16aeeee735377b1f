#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

void optimise(const std::string& model, const std::filesystem::path& output,
              const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{
      "--input", ORTOPT_MODELS "/" + model, "--output", output, "--verify", "off"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const test_support::Outcome run =
      test_support::run_process(ORTOPT_BIN "/ort-opt", arguments, output.parent_path());
  ASSERT_EQ(run.exit_code, 0) << run.err;
}

TEST(Determinism, TwentyRunsGiveTheSameBytes) {
  const test_support::TemporaryFolder folder;
  const std::filesystem::path output = folder.path() / "result.onnx";
  optimise("bert-t213-dynamo-sdpa-op18.onnx", output);
  const std::string first = test_support::bytes_of_file(output);
  ASSERT_FALSE(first.empty());
  for (int run = 1; run < 20; ++run) {
    optimise("bert-t213-dynamo-sdpa-op18.onnx", output);
    ASSERT_EQ(test_support::bytes_of_file(output), first) << "run " << run;
  }
}

TEST(Determinism, TheSameBytesInAnotherFolder) {
  const test_support::TemporaryFolder one;
  const test_support::TemporaryFolder other;
  optimise("gpt2-t21-legacy-eager-op13.onnx", one.path() / "result.onnx");
  optimise("gpt2-t21-legacy-eager-op13.onnx", other.path() / "result.onnx");
  EXPECT_EQ(test_support::bytes_of_file(one.path() / "result.onnx"),
            test_support::bytes_of_file(other.path() / "result.onnx"));
}

TEST(Determinism, TheSameBytesOfExternalData) {
  const test_support::TemporaryFolder one;
  const test_support::TemporaryFolder other;
  const std::string model = "bert-external-t213-dynamo-sdpa-op18.onnx";
  optimise(model, one.path() / "result.onnx", {"--external-data"});
  optimise(model, other.path() / "result.onnx", {"--external-data"});
  EXPECT_EQ(test_support::bytes_of_file(one.path() / "result.onnx"),
            test_support::bytes_of_file(other.path() / "result.onnx"));
  const std::string data = test_support::bytes_of_file(one.path() / "result.onnx.data");
  EXPECT_FALSE(data.empty());
  EXPECT_EQ(data, test_support::bytes_of_file(other.path() / "result.onnx.data"));
}

}  // namespace
}  // namespace ortopt
