#include "engine/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace ortopt {
namespace {

/// Reads what is there; closes a pipe that is at its end.
void drain(Inlet inlet) {
  std::array<char, 65536> buffer{};
  const ssize_t count = read(inlet.from.number(), buffer.data(), buffer.size());
  if (count > 0)
    inlet.to.append(buffer.data(), static_cast<std::size_t>(count));
  else if (count == 0 || errno != EINTR)
    inlet.from.close();
}

}  // namespace

bool take_what_comes(Inlet answers, Inlet words, std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
          .count();
  if (left <= 0) return false;
  std::array<pollfd, 2> polled = {pollfd{answers.from.number(), POLLIN, 0},
                                  pollfd{words.from.number(), POLLIN, 0}};
  constexpr int64_t longest_wait = 1'000'000;
  if (poll(polled.data(), polled.size(), static_cast<int>(std::min<int64_t>(left, longest_wait))) <
      0)
    return errno == EINTR;
  if (polled[0].revents != 0) drain(answers);
  if (polled[1].revents != 0) drain(words);
  constexpr std::size_t kept_words = 4096;
  if (words.to.size() > 2 * kept_words) words.to.erase(0, words.to.size() - kept_words);
  return true;
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(Code::failure, std::string("no pipe to a child process: ") + std::strerror(errno));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // The parent is gone; so are we, soon.
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void become_child(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  for (const int signal : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTERM, SIGINT})
    std::signal(signal, SIG_DFL);
}

std::string describe_end(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    std::string text =
        "was stopped by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
    if (signal == SIGKILL) text += ", perhaps for want of memory";
    return text;
  }
  return "ended with exit code " + std::to_string(WEXITSTATUS(status)) +
         " before its work was done";
}

}  // namespace ortopt
