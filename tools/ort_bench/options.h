#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"
#include "ortopt/measure/runner.h"

namespace ortopt::tool {

/// What a command line asks for.
struct Options {
  std::vector<std::filesystem::path> models;
  std::vector<std::string> optimizers;  ///< "no_opt", "by_script": untouched, by us.
  std::vector<int64_t> batch_sizes;
  std::vector<int64_t> sequence_lengths;
  std::vector<std::size_t> threads;
  std::filesystem::path runtime;
  SessionOptions session;
  Schedule schedule;
  std::size_t test_times = 0;
  std::filesystem::path onnx_folder;  ///< Of the optimised models.
  std::filesystem::path detail_csv;
  std::filesystem::path result_csv;
  std::filesystem::path markdown;
  std::filesystem::path html;
  std::string text;  ///< --help, --version: to be printed instead of all else.
};

/// Reads the command line: the letters of the incumbent's benchmark.py. Fails with `usage`, and with
/// `no_runtime` when there is none.
[[nodiscard]] Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace ortopt::tool
