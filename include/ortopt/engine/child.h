#pragma once

#include <string>
#include <string_view>

#include "ortopt/base/function_ref.h"
#include "ortopt/base/result.h"

namespace ortopt {

/// What a child process has for telling its parent how far it got.
class ChildNotes {
 public:
  explicit ChildNotes(int descriptor) : descriptor_(descriptor) {}
  /// Replaces the note: the parent sees the last one, whatever happens to the child.
  void set(std::string_view note);

 private:
  int descriptor_;
};

/// How a child process ended.
struct ChildReport {
  bool finished = false;  ///< It returned its result; otherwise see `trouble`.
  std::string result;
  std::string note;  ///< The last note that was set.
  std::string
      trouble;  ///< "was stopped by signal 11 (Segmentation fault)", "ran longer than 600 s".
  std::string last_words;  ///< The end of what it wrote to stderr.

  /// `trouble` and, when there are any, the last words, on one line.
  [[nodiscard]] std::string explanation() const;
};

struct ChildLimits {
  double seconds = 600;
};

/// Runs `work` in a child process (a fork of this one) and returns what it returns. The child's
/// crash, exception, exit or lateness is a report, never this process's end; its stdout and stderr
/// go nowhere but into `last_words`. Fails with `failure` when no process can be made. Call it from
/// processes without threads of their own, or let `work` take no lock that a thread may hold.
[[nodiscard]] Result<ChildReport> run_in_child(FunctionRef<std::string(ChildNotes&)> work,
                                               const ChildLimits& limits);

}  // namespace ortopt
