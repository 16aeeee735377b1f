#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/base/logger.h"
#include "ortopt/base/result.h"
#include "ortopt/compare/comparison.h"

namespace ortopt::tool {

/// What a command line asks for.
struct Options {
  ComparisonRequest request;
  std::filesystem::path report;  ///< JSON; "-" is stdout; empty: none.
  std::filesystem::path page;    ///< HTML; empty: none.
  LogLevel log_level = LogLevel::warning;
  std::vector<std::string> warnings;  ///< Flags that have no effect.
  std::string text;                   ///< --help, --version: to be printed instead of all else.
};

/// Reads the command line: our flags and those of the incumbent's compare_bert_results, dashes and
/// underscores alike. Fails with `usage`, and with `no_runtime` when there is none.
[[nodiscard]] Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace ortopt::tool
