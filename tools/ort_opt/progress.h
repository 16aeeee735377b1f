#pragma once

#include <chrono>
#include <string_view>

namespace ortopt::tool {

/// One line on the terminal that says what is being done, once it takes longer than a second.
/// Silent when stderr is no terminal.
class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void tell(std::string_view doing);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool on_terminal_;
  bool shown_ = false;
  Clock::time_point next_;
};

}  // namespace ortopt::tool
