#include "tools/common/progress.h"

#include <unistd.h>

#include <chrono>

#include "ortopt/base/terminal_text.h"

namespace ortopt::tool {
namespace {

constexpr std::chrono::milliseconds patience{1000};
constexpr std::chrono::milliseconds between_updates{100};
constexpr std::string_view clear_line = "\r\033[K";

/// Past stdio: a child process that is forked meanwhile inherits no lock and no half-full buffer.
void draw(const std::string& text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

Progress::Progress() {
  if (::isatty(STDERR_FILENO) == 1) drawer_ = std::thread([this] { draw_until_end(); });
}

void Progress::tell(std::string_view doing) {
  const std::lock_guard lock(mutex_);
  doing_ = doing;
}

void Progress::end() {
  if (!drawer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_ended_ = true;
  }
  ended_.notify_one();
  drawer_.join();
}

void Progress::draw_until_end() {
  std::unique_lock lock(mutex_);
  std::string shown;
  for (auto wait = patience; !ended_.wait_for(lock, wait, [this] { return is_ended_; });
       wait = between_updates) {
    if (doing_ == shown) continue;
    shown = doing_;
    draw(std::string(clear_line) + printable(shown) + " ...");
  }
  if (!shown.empty()) draw(std::string(clear_line));
}

}  // namespace ortopt::tool
