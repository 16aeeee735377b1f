#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "tools/common/input_flags.h"
#include "tools/common/log_flags.h"
#include "tools/common/runtime_flags.h"

namespace ortopt::tool {

/// What the command line of `ort-profile` asks for.
struct ProfileToolOptions {
  std::string text;  ///< To be printed instead of doing anything else.

  /// Models, to be run, or profiles (`.json`), to be read; two of them are compared.
  std::vector<std::filesystem::path> subjects;
  std::filesystem::path graph;  ///< The model that a profile is of, when both were given.
  RuntimeFlags runtime;
  InputFlags inputs;
  LogFlags log;
  std::size_t samples = 0;
  std::size_t warm_up = 1;  ///< Of profiles that are read.
  bool kernel_time_only = false;
  bool hints = true;
  double threshold = 0.01;

  std::filesystem::path json;
  std::filesystem::path csv;
  std::filesystem::path html;
  std::filesystem::path trace;
  std::filesystem::path keep;
  std::string command;                ///< As given.
  std::vector<std::string> warnings;  ///< Flags that change nothing.

  [[nodiscard]] bool is_difference() const { return subjects.size() == 2; }
};

/// Fails with `usage`.
[[nodiscard]] Result<ProfileToolOptions> parse_profile_options(
    const std::vector<std::string>& arguments);

/// Whether it is a profile of the runtime rather than a model.
[[nodiscard]] bool is_profile(const std::filesystem::path& subject);

}  // namespace ortopt::tool
