#include "tools/common/log_flags.h"

#include <array>
#include <utility>

namespace ortopt::tool {

void declare_log_flags(CommandLine& line, LogFlags& flags) {
  line.flag("-v,--verbose", flags.verbose, "The same as --log-level debug");
  line.option("--log-level", flags.level, "trace, debug, info, warning (default) or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "off"}))
      ->type_name("LEVEL");
}

LogLevel log_level(const LogFlags& flags) {
  constexpr std::array<std::pair<const char*, LogLevel>, 4> levels = {{{"trace", LogLevel::trace},
                                                                       {"debug", LogLevel::debug},
                                                                       {"info", LogLevel::info},
                                                                       {"off", LogLevel::off}}};
  for (const auto& [name, level] : levels)
    if (flags.level == name) return level;
  return flags.verbose ? LogLevel::debug : LogLevel::warning;
}

}  // namespace ortopt::tool
