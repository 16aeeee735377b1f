#include "tools/common/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "ortopt/base/terminal_text.h"
#include "ortopt/measure/runner.h"

namespace ortopt::tool {

ProgressLine::ProgressLine() : is_terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::tell(const std::string& text) {
  constexpr double pause = 0.2;
  const double now = steady_seconds();
  if (!is_terminal_ || now - last_ < pause) return;
  last_ = now;
  is_drawn_ = true;
  fmt::print(stderr, "\r\x1b[K{}", printable(text));
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (!is_drawn_) return;
  is_drawn_ = false;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

std::string format_time_left(double seconds) {
  constexpr int minute = 60;
  const auto whole = std::lround(seconds);
  if (whole < 2 * minute) return fmt::format("{} s", whole);
  return fmt::format("{} min {} s", whole / minute, whole % minute);
}

}  // namespace ortopt::tool
