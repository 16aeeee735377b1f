#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "commands.h"
#include "options.h"
#include "ortopt/ir/save.h"

namespace {

using ortopt::tool::Options;

int complain(const ortopt::Error& error) {
  std::fprintf(stderr, "ort-opt: %s\n", error.text().c_str());
  return static_cast<int>(error.code);
}

ortopt::Result<int> run(const std::vector<std::string>& arguments) {
  const ortopt::Result<Options> options = ortopt::tool::parse_options(arguments);
  if (!options) return ortopt::pass_on(options.error());
  switch (options->command) {
    case Options::Command::help:
      std::fputs(options->help.c_str(), stdout);
      return 0;
    case Options::Command::version:
      return ortopt::tool::print_version();
    case Options::Command::list_passes:
      return ortopt::tool::list_passes();
    case Options::Command::info:
      return ortopt::tool::print_info(*options);
    case Options::Command::optimise:
      break;
  }
  return ortopt::tool::optimise_model(*options);
}

}  // namespace

int main(int count, char** arguments) {
  ortopt::remove_temporary_files_when_interrupted();
  try {
    const ortopt::Result<int> exit_code = run({arguments + 1, arguments + count});
    return exit_code ? *exit_code : complain(exit_code.error());
  } catch (const std::exception& bug) {
    return complain({ortopt::Code::internal, std::string("internal error: ") + bug.what(), {}});
  }
}
