#pragma once

#include <string>

namespace ortopt {

/// How long this thread has stood in line for a processor, which the kernel counts. It stands still
/// where there is no such count, and where the process has more threads than processors: then what
/// it waits for may be itself.
class WaitingClock {
 public:
  /// Looks at the threads that the process has now.
  WaitingClock();
  WaitingClock(const WaitingClock&) = delete;
  WaitingClock& operator=(const WaitingClock&) = delete;
  ~WaitingClock();

  [[nodiscard]] double seconds() const;
  [[nodiscard]] bool runs() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

}  // namespace ortopt
