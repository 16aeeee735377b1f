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

/// Where results go; empty: nowhere.
struct BenchFiles {
  std::string onnx_folder = "onnx_models";  ///< Of models that are exported or optimised.
  std::string detail_csv;
  std::string result_csv;
  std::string fusion_csv;
  std::string markdown;
  std::string html;
};

/// What the Python side is told (scripts/bench_engine.py).
struct PythonOptions {
  std::string python = "python3";
  std::string cache_folder = "cache_models";
  std::string model_class = "AutoModel";
  std::size_t layers = 0;  ///< Instead of the model's own number; 0: that.
  std::string model_type;  ///< For the incumbent; empty: by the model's name.
};

/// What a command line asks for.
struct Options {
  std::vector<std::string> models;  ///< Files, or names that the Python side exports.
  std::vector<std::string> engines;
  std::vector<std::string> optimizers;
  std::vector<std::string> precisions;
  std::vector<std::size_t> input_counts;  ///< Of models that are exported.
  std::vector<int64_t> batch_sizes;       ///< 0: nothing is measured.
  std::vector<int64_t> sequence_lengths;
  std::vector<std::size_t> threads;
  std::filesystem::path runtime;
  SessionOptions session;
  Schedule schedule;
  bool overwrite = false;  ///< Export what was exported before.
  bool validate = false;   ///< Optimised models have to be verified.
  PythonOptions python;
  BenchFiles files;
  std::vector<std::string> warnings;
  std::string text;  ///< --help, --version: to be printed instead of all else.
};

/// Reads the command line: the letters of the incumbent's benchmark.py. Fails with `usage`, and with
/// `no_runtime` when there is none.
[[nodiscard]] Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace ortopt::tool
