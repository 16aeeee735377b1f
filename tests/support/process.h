#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ortopt::test_support {

/// What a finished process left.
struct Outcome {
  int exit_code = -1;  ///< 128 + signal when it was killed.
  std::string out;
  std::string err;
  std::chrono::microseconds duration{};
};

/// Runs `program` with its working directory in `folder`, to its end, or kills it (SIGKILL) after
/// `kill_after`. Throws std::runtime_error when it cannot be started.
[[nodiscard]] Outcome run_process(const std::filesystem::path& program,
                                  const std::vector<std::string>& arguments,
                                  const std::filesystem::path& folder,
                                  std::optional<std::chrono::microseconds> kill_after = {});

}  // namespace ortopt::test_support
