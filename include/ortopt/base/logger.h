#pragma once

#include <memory>
#include <string_view>

namespace spdlog {
class logger;
}

namespace ortopt {

/// How much a Logger tells.
enum class LogLevel { trace, debug, info, warning, off };

/// Tells what the library is doing, to stderr. Never used for results; those go to the report.
/// `info` is one line for each pass that changed something, `debug` each rewrite, `trace` each
/// miss.
class Logger {
 public:
  explicit Logger(LogLevel level = LogLevel::warning);
  ~Logger();
  Logger(Logger&&) noexcept;
  Logger& operator=(Logger&&) noexcept;

  [[nodiscard]] bool enabled(LogLevel level) const;
  void trace(std::string_view message);
  void debug(std::string_view message);
  void info(std::string_view message);
  void warning(std::string_view message);

 private:
  std::shared_ptr<spdlog::logger> sink_;
};

}  // namespace ortopt
