#include <string>
#include <vector>

#include "commands.h"
#include "options.h"
#include "tools/common/output.h"
#include "tools/common/run_tool.h"

namespace {

using ortopt::tool::Options;

ortopt::Result<int> run(const std::vector<std::string>& arguments) {
  const ortopt::Result<Options> options = ortopt::tool::parse_options(arguments);
  if (!options) return ortopt::pass_on(options.error());
  switch (options->command) {
    case Options::Command::text:
      ortopt::tool::print(options->text);
      return 0;
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
  return ortopt::tool::run_tool("ort-opt", count, arguments, run);
}
