#include "ortopt/engine/child.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <exception>
#include <utility>

#include "engine/child_process.h"

namespace ortopt {
namespace {

using Clock = std::chrono::steady_clock;

/// Messages on the pipe: a kind, the length of the text, the text.
enum class Kind : uint8_t { note = 1, result = 2, exception = 3 };

void send(int descriptor, Kind kind, std::string_view text) {
  std::string message(1 + sizeof(uint64_t), static_cast<char>(kind));
  const uint64_t length = text.size();
  std::memcpy(message.data() + 1, &length, sizeof(length));
  message += text;
  write_all(descriptor, message);
}

/// Takes complete messages off the front of `received`.
void take_messages(std::string& received, ChildReport& report) {
  constexpr std::size_t header = 1 + sizeof(uint64_t);
  std::size_t at = 0;
  while (received.size() - at >= header) {
    uint64_t length = 0;
    std::memcpy(&length, received.data() + at + 1, sizeof(length));
    if (received.size() - at - header < length) break;
    std::string text = received.substr(at + header, length);
    switch (static_cast<Kind>(received[at])) {
      case Kind::note:
        report.note = std::move(text);
        break;
      case Kind::result:
        report.result = std::move(text);
        report.finished = true;
        break;
      case Kind::exception:
        report.trouble = "threw an exception: " + text;
        break;
    }
    at += header + length;
  }
  received.erase(0, at);
}

/// Everything that the child does; never returns.
[[noreturn]] void live_as_child(FunctionRef<std::string(ChildNotes&)> work, int results, int words,
                                pid_t parent) {
  become_child(parent);
  dup2(words, STDOUT_FILENO);
  dup2(words, STDERR_FILENO);
  try {
    ChildNotes notes(results);
    send(results, Kind::result, work(notes));
  } catch (const std::exception& error) {
    send(results, Kind::exception, error.what());
  } catch (...) {
    send(results, Kind::exception, "of unknown type");
  }
  // No destructors: what belongs to the parent stays the parent's, and the runtime's are not
  // needed.
  _exit(0);
}

/// Listens until both pipes are closed, or the deadline has passed.
bool listen(Descriptor& results, Descriptor& words, Clock::time_point deadline,
            ChildReport& report) {
  std::string received;
  while (results.number() >= 0 || words.number() >= 0) {
    if (!take_what_comes({results, received}, {words, report.last_words}, deadline)) return false;
    take_messages(received, report);
    // The result is the child's last act; whatever it may have started need not be waited for.
    if (report.finished) return true;
  }
  return true;
}

}  // namespace

void ChildNotes::set(std::string_view note) { send(descriptor_, Kind::note, note); }

std::string ChildReport::explanation() const {
  std::string text = trouble;
  std::string words = last_words;
  std::ranges::replace(words, '\n', ' ');
  while (!words.empty() && words.back() == ' ') words.pop_back();
  constexpr std::size_t enough = 300;
  if (words.size() > enough) words = "…" + words.substr(words.size() - enough);
  if (!words.empty()) text += "; its last words: " + words;
  return text;
}

Result<ChildReport> run_in_child(FunctionRef<std::string(ChildNotes&)> work,
                                 const ChildLimits& limits) {
  Result<Pipe> results = make_pipe();
  if (!results) return pass_on(results.error());
  Result<Pipe> words = make_pipe();
  if (!words) return pass_on(words.error());
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0)
    return fail(Code::failure, std::string("no child process: ") + std::strerror(errno));
  if (child == 0) live_as_child(work, results->to.number(), words->to.number(), parent);
  results->to.close();
  words->to.close();

  ChildReport report;
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(limits.seconds));
  const bool in_time = listen(results->from, words->from, deadline, report);
  if (!in_time) {
    kill(child, SIGKILL);
    report.trouble = "ran longer than " + fmt::format("{:g}", limits.seconds) + " s";
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!report.finished && report.trouble.empty()) report.trouble = describe_end(status);
  return report;
}

}  // namespace ortopt
