#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace ortopt::tool {

/// One line on the terminal that says what is being done, once the run takes longer than a second.
/// A thread of its own draws it, so that long steps show, too. Silent when stderr is no terminal.
class Progress {
 public:
  Progress();
  ~Progress() { end(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void tell(std::string_view doing);
  /// Clears the line; what is printed after this stays.
  void end();

 private:
  void draw_until_end();

  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_ended_ = false;
  std::string doing_;
  std::thread drawer_;
};

}  // namespace ortopt::tool
