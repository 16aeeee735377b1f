#include "tools/common/run_tool.h"

#include <csignal>
#include <cstdio>
#include <exception>

#include "ortopt/base/interruption.h"
#include "ortopt/base/terminal_text.h"
#include "ortopt/report/reason.h"

namespace ortopt::tool {

int complain(std::string_view name, const Error& error) {
  const std::string text = std::string(name) + ": " + printable(plain_reason(error.text())) + "\n";
  std::fputs(text.c_str(), stderr);
  return static_cast<int>(error.code);
}

int run_tool(std::string_view name, int count, char** arguments, Tool& run) {
  remove_temporary_files_when_interrupted();
  // Past the shell's limit on file sizes, writing fails like on a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const Result<int> exit_code = run({arguments + 1, arguments + count});
    if (!exit_code) return complain(name, exit_code.error());
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      return complain(name, {Code::failure, "standard output cannot be written", {}});
    return *exit_code;
  } catch (const std::exception& bug) {
    return complain(name, {Code::internal, std::string("internal error: ") + bug.what(), {}});
  }
}

}  // namespace ortopt::tool
