#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace ortopt::test_support {
namespace {

void redirect(int to, const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(file, to);
  ::close(file);
}

}  // namespace

Outcome run_process(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                    const std::filesystem::path& folder,
                    std::optional<std::chrono::microseconds> kill_after) {
  const TemporaryFolder streams;
  streams.write("out", "");  // A process may be killed before it opens them.
  streams.write("err", "");
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot start " + program.string());
  if (child == 0) {
    redirect(STDOUT_FILENO, streams / "out");
    redirect(STDERR_FILENO, streams / "err");
    if (::chdir(folder.c_str()) == 0) ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  if (kill_after) {
    std::this_thread::sleep_until(begin + *kill_after);
    ::kill(child, SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  Outcome outcome;
  outcome.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = bytes_of_file(streams / "out");
  outcome.err = bytes_of_file(streams / "err");
  return outcome;
}

}  // namespace ortopt::test_support
