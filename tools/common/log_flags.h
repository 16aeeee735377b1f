#pragma once

#include <string>

#include "ortopt/base/logger.h"
#include "tools/common/command_line.h"

namespace ortopt::tool {

/// How much a tool tells on stderr of what it is doing.
struct LogFlags {
  bool verbose = false;
  std::string level = "warning";
};

/// Declares --verbose and --log-level.
void declare_log_flags(CommandLine& line, LogFlags& flags);

[[nodiscard]] LogLevel log_level(const LogFlags& flags);

}  // namespace ortopt::tool
