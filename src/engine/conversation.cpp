#include "ortopt/engine/conversation.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <optional>

#include "engine/child_process.h"
#include "ortopt/engine/child.h"

namespace ortopt {
namespace {

using Clock = std::chrono::steady_clock;

/// The three pipes of a child, seen from one side or the other.
struct Pipes {
  Pipe questions;
  Pipe answers;
  Pipe words;
};

Result<Pipes> make_pipes() {
  std::array<Pipe, 3> made;
  for (Pipe& pipe : made) {
    Result<Pipe> one = make_pipe();
    if (!one) return pass_on(one.error());
    pipe = std::move(*one);
  }
  return Pipes{std::move(made[0]), std::move(made[1]), std::move(made[2])};
}

/// The first line of `buffer`, taken off it; reads until there is one, or nothing when the other
/// side is gone.
std::optional<std::string> read_line(int descriptor, std::string& buffer) {
  while (true) {
    if (const std::size_t end = buffer.find('\n'); end != std::string::npos) {
      std::string line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return line;
    }
    std::array<char, 65536> part{};
    const ssize_t count = read(descriptor, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    buffer.append(part.data(), static_cast<std::size_t>(count));
  }
}

[[noreturn]] void answer_until_let_go(FunctionRef<std::string(std::string_view)> answer,
                                      const Pipes& pipes, pid_t parent) {
  become_child(parent);
  dup2(pipes.words.to.number(), STDOUT_FILENO);
  dup2(pipes.words.to.number(), STDERR_FILENO);
  // The child has copies of the parent's ends too: without closing them it would not notice its end.
  close(pipes.questions.to.number());
  std::string buffer;
  try {
    while (const auto question = read_line(pipes.questions.from.number(), buffer))
      write_all(pipes.answers.to.number(), answer(*question) + "\n");
  } catch (const std::exception& error) {
    write_all(STDERR_FILENO, std::string("an exception: ") + error.what());
    _exit(1);
  }
  _exit(0);
}

[[noreturn]] void become_program(const std::vector<std::string>& command, const Pipes& pipes,
                                 pid_t parent) {
  become_child(parent);
  dup2(pipes.questions.from.number(), STDIN_FILENO);
  dup2(pipes.answers.to.number(), STDOUT_FILENO);
  dup2(pipes.words.to.number(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments.front(), arguments.data());
  write_all(STDERR_FILENO, "'" + command.front() + "' cannot be started: " + std::strerror(errno));
  _exit(1);
}

}  // namespace

struct Conversation::Details {
  pid_t child = -1;
  Descriptor questions;
  Descriptor answers;
  Descriptor words;
  std::string received;
  std::string last_words;

  static Result<std::unique_ptr<Details>> start(FunctionRef<void(const Pipes&, pid_t)> live) {
    std::signal(SIGPIPE, SIG_IGN);
    Result<Pipes> pipes = make_pipes();
    if (!pipes) return pass_on(pipes.error());
    auto details = std::make_unique<Details>();
    const pid_t parent = getpid();
    details->child = fork();
    if (details->child < 0)
      return fail(Code::failure, std::string("no child process: ") + std::strerror(errno));
    if (details->child == 0) live(*pipes, parent);
    details->questions = std::move(pipes->questions.to);
    details->answers = std::move(pipes->answers.from);
    details->words = std::move(pipes->words.from);
    return details;
  }

  bool listen(Clock::time_point deadline) {
    return take_what_comes({answers, received}, {words, last_words}, deadline);
  }

  int end() {
    kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    child = -1;
    return status;
  }

  /// Collects a child that is about to end by itself.
  std::string epitaph() {
    const auto deadline = Clock::now() + std::chrono::seconds(2);
    while (words.number() >= 0 && listen(deadline)) {
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    child = -1;
    return ChildReport{.trouble = describe_end(status), .last_words = last_words}.explanation();
  }
};

Conversation::Conversation(std::unique_ptr<Details> details) : details_(std::move(details)) {}

Conversation::~Conversation() {
  if (details_->child > 0) details_->end();
}

Result<std::unique_ptr<Conversation>> Conversation::with_fork(
    FunctionRef<std::string(std::string_view)> answer) {
  Result<std::unique_ptr<Details>> details = Details::start(
      [&](const Pipes& pipes, pid_t parent) { answer_until_let_go(answer, pipes, parent); });
  if (!details) return pass_on(details.error());
  return std::unique_ptr<Conversation>(new Conversation(std::move(*details)));
}

Result<std::unique_ptr<Conversation>> Conversation::with_program(
    const std::vector<std::string>& command) {
  Result<std::unique_ptr<Details>> details = Details::start(
      [&](const Pipes& pipes, pid_t parent) { become_program(command, pipes, parent); });
  if (!details) return pass_on(details.error());
  return std::unique_ptr<Conversation>(new Conversation(std::move(*details)));
}

Result<std::string> Conversation::ask(std::string_view question, double seconds) {
  if (details_->child < 0) return fail(Code::failure, "the process is gone");
  write_all(details_->questions.number(), std::string(question) + "\n");
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(seconds));
  while (true) {
    if (const std::size_t end = details_->received.find('\n'); end != std::string::npos) {
      std::string answer = details_->received.substr(0, end);
      details_->received.erase(0, end + 1);
      return answer;
    }
    if (details_->answers.number() < 0) return fail(Code::failure, details_->epitaph());
    if (!details_->listen(deadline)) {
      details_->end();
      return fail(Code::failure, fmt::format("gave no answer in {:g} s", seconds));
    }
  }
}

void Conversation::freeze() {
  if (details_->child < 0) return;
  kill(details_->child, SIGSTOP);
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(details_->child), &info, WSTOPPED | WEXITED | WNOWAIT) <
             0 &&
         errno == EINTR) {
  }
}

void Conversation::thaw() {
  if (details_->child > 0) kill(details_->child, SIGCONT);
}

}  // namespace ortopt
