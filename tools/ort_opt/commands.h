#pragma once

#include "options.h"
#include "ortopt/base/result.h"

namespace ortopt::tool {

/// Each prints to stdout and returns the exit code; failures are for main to print.

[[nodiscard]] Result<int> optimise_model(const Options& options);
[[nodiscard]] Result<int> print_info(const Options& options);
[[nodiscard]] int list_passes();

}  // namespace ortopt::tool
