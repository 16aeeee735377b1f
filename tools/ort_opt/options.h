#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/optimise/optimise.h"

namespace ortopt::tool {

/// What a command line asks for.
struct Options {
  enum class Command { optimise, info, list_passes, text };
  enum class Explain { no, table, json };

  Command command = Command::optimise;
  OptimiseRequest request;
  Explain explain = Explain::no;
  std::filesystem::path report;  ///< "-" is stdout; empty: none.
  bool dump = false;
  LogLevel log_level = LogLevel::warning;
  std::string text;                   ///< For Command::text: of --help or --version.
  std::vector<std::string> warnings;  ///< Flags that have no effect.
};

/// Reads the command line: our flags and those of `onnxruntime.transformers.optimizer`, dashes and
/// underscores alike. Fails with `usage`; with --strict also where there would be a warning.
[[nodiscard]] Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace ortopt::tool
