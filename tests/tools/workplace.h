#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/ir/save.h"
#include "tests/support/graph_text.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {

/// A folder with a small model in it, and the ort-opt that was built with these tests.
class Workplace : public testing::Test {
 protected:
  static constexpr std::string_view small_model = R"(
      g (float[batch, sequence, 8] x) => (float[batch, sequence, 8] y) {
        same = Identity(x)
        y = Tanh(same)
      })";

  Workplace() {
    const auto model = test_support::model_of(small_model);
    const auto saved = save(*model, folder_ / "model.onnx");
    if (!saved) throw std::runtime_error(saved.error().text());
  }

  /// Runs in the folder. What is tested is the command line: nothing is verified unless asked for.
  [[nodiscard]] test_support::Outcome ort_opt(std::vector<std::string> arguments) const {
    const auto about_verify = [](const std::string& text) { return text.starts_with("--verify"); };
    const bool is_info = !arguments.empty() && arguments.front() == "info";
    if (!is_info && std::none_of(arguments.begin(), arguments.end(), about_verify))
      arguments.insert(arguments.end(), {"--verify", "off"});
    return test_support::run_process(std::filesystem::path(ORTOPT_BIN) / "ort-opt", arguments,
                                     folder_.path());
  }

  [[nodiscard]] bool exists(std::string_view name) const {
    return std::filesystem::exists(folder_ / name);
  }

  test_support::TemporaryFolder folder_;
};

}  // namespace ortopt
