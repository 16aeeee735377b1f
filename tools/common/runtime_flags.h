#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"
#include "tools/common/command_line.h"

namespace ortopt::tool {

/// Which runtime runs the models, and how. A tool may set other defaults before it declares them.
struct RuntimeFlags {
  std::string ort_lib;
  std::vector<std::string> providers;  ///< "cuda:device_id=1,arena_extend_strategy=kNextPowerOfTwo"
  bool use_gpu = false;
  int intra_op_threads = 0;  ///< 0 or less: the runtime's default.
  int inter_op_threads = 0;
  bool parallel = false;
  int opt_level = 99;
  bool no_spinning = false;
  bool no_arena = false;
  bool no_memory_pattern = false;
  std::vector<std::string> session_config;  ///< "key=value"
};

/// Declares --ort-lib, --provider, --use_gpu, threads, --opt_level and the session's settings in a
/// group of their own.
void declare_runtime_flags(CommandLine& line, RuntimeFlags& flags);

/// How sessions are to be opened. Fails with `usage`.
[[nodiscard]] Result<SessionOptions> session_options(const RuntimeFlags& flags);

/// The runtime's library. Fails with `no_runtime` and the places looked at.
[[nodiscard]] Result<std::filesystem::path> runtime_library(const RuntimeFlags& flags);

/// Reads "cuda" or "cuda:device_id=1,enable_cuda_graph=1". Fails with `usage`.
[[nodiscard]] Result<Provider> parse_provider(const std::string& text);

}  // namespace ortopt::tool
