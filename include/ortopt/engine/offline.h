#pragma once

#include <filesystem>
#include <string>

#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"

namespace ortopt {

struct OfflineOptions {
  std::filesystem::path runtime;  ///< The library (find_runtime).
  RuntimeOptimization optimization = RuntimeOptimization::basic;
  std::string provider = "cpu";
  double time_limit_seconds = 600;
};

/// Lets the runtime optimise `model` and write the result to `output`, in a child process. Its
/// weights go to `<output>.data` when they may not fit into one file. Fails with `failure`, in the
/// runtime's words, with `no_runtime` when the library cannot be loaded, with `usage` when it lacks
/// the provider.
[[nodiscard]] Result<void> optimise_offline(const std::filesystem::path& model,
                                            const std::filesystem::path& output,
                                            const OfflineOptions& options);

}  // namespace ortopt
