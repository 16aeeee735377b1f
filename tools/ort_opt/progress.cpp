#include "progress.h"

#include <unistd.h>

#include <cstdio>

namespace ortopt::tool {
namespace {

constexpr std::chrono::seconds patience{1};
constexpr std::chrono::milliseconds between_updates{100};

}  // namespace

Progress::Progress() : on_terminal_(::isatty(STDERR_FILENO) == 1), next_(Clock::now() + patience) {}

void Progress::tell(std::string_view doing) {
  if (!on_terminal_ || Clock::now() < next_) return;
  std::fprintf(stderr, "\r\033[K%.*s ...", static_cast<int>(doing.size()), doing.data());
  shown_ = true;
  next_ = Clock::now() + between_updates;
}

void Progress::clear() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

}  // namespace ortopt::tool
