#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"

namespace ortopt::tool {

/// What a tool does with its arguments; gives the exit code.
using Tool = Result<int>(const std::vector<std::string>& arguments);

/// The whole of a tool's `main`: hands the arguments to `run`, prints its failure to stderr as
/// "<name>: <message>", and gives the exit code. An exception is a bug and exit code 70.
[[nodiscard]] int run_tool(std::string_view name, int count, char** arguments, Tool& run);

/// Prints an error as run_tool does and gives its exit code.
int complain(std::string_view name, const Error& error);

}  // namespace ortopt::tool
