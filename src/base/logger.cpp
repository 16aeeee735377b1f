#include "ortopt/base/logger.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "ortopt/base/terminal_text.h"

namespace ortopt {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

/// One message is one line, whatever the names in it.
void log(spdlog::logger& sink, LogLevel level, std::string_view message) {
  if (sink.should_log(level_of(level))) sink.log(level_of(level), "{}", printable(message));
}

}  // namespace

Logger::Logger(LogLevel level)
    : sink_(std::make_shared<spdlog::logger>(
          "ort-opt", std::make_shared<spdlog::sinks::stderr_color_sink_mt>())) {
  sink_->set_pattern("%^%l%$: %v");
  sink_->set_level(level_of(level));
}
Logger::~Logger() = default;
Logger::Logger(Logger&&) noexcept = default;
Logger& Logger::operator=(Logger&&) noexcept = default;

bool Logger::enabled(LogLevel level) const { return sink_->should_log(level_of(level)); }
void Logger::trace(std::string_view message) { log(*sink_, LogLevel::trace, message); }
void Logger::debug(std::string_view message) { log(*sink_, LogLevel::debug, message); }
void Logger::info(std::string_view message) { log(*sink_, LogLevel::info, message); }
void Logger::warning(std::string_view message) { log(*sink_, LogLevel::warning, message); }

}  // namespace ortopt
