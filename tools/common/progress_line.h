#pragma once

#include <string>

namespace ortopt::tool {

/// One line on the terminal that is drawn over and over. Unlike Progress it has no thread: what is
/// measured, or forks, must not meet one. Silent when stderr is no terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Draws, but not more often than the eye can follow.
  void tell(const std::string& text);
  void clear();

 private:
  bool is_terminal_;
  bool is_drawn_ = false;
  double last_ = 0;
};

/// "40 s", "3 min 20 s".
[[nodiscard]] std::string format_time_left(double seconds);

}  // namespace ortopt::tool
