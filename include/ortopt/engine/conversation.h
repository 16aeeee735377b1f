#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/function_ref.h"
#include "ortopt/base/result.h"

namespace ortopt {

/// A child process that answers questions, one line each, until it is let go. It dies with its
/// parent; how it ends is a report, never the parent's end.
class Conversation {
 public:
  /// Forks: the child answers with `answer`, which it keeps a copy of the whole process for. Its
  /// stdout and stderr go nowhere but into the explanation of its death. As for run_in_child, the
  /// parent should have no threads. From here on this process ignores SIGPIPE: a child that died
  /// is noticed by its silence.
  [[nodiscard]] static Result<std::unique_ptr<Conversation>> with_fork(
      FunctionRef<std::string(std::string_view)> answer);
  /// Starts a program that reads questions from its stdin and writes answers to its stdout.
  [[nodiscard]] static Result<std::unique_ptr<Conversation>> with_program(
      const std::vector<std::string>& command);

  ~Conversation();  ///< Ends the child.
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// The answer. Fails with `failure` when the child dies ("was stopped by signal 11 …; its last
  /// words: …") or is late; it is gone then.
  [[nodiscard]] Result<std::string> ask(std::string_view question, double seconds = 600);

  /// Stops every thread of the child, and returns when they stand still: threads that wait by
  /// spinning would take the processor from others.
  void freeze();
  /// Lets it go on.
  void thaw();

 private:
  struct Details;
  explicit Conversation(std::unique_ptr<Details> details);
  std::unique_ptr<Details> details_;
};

}  // namespace ortopt
