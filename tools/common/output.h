#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "ortopt/base/result.h"

namespace ortopt::tool {

/// To stdout; run_tool notices when that fails.
void print(std::string_view text);

/// To a file, as a whole or not at all; "-" is stdout, an empty path nowhere. Fails with `failure`.
[[nodiscard]] Result<void> write_output(const std::filesystem::path& path, std::string_view text);

/// Fails for the first of these that could not be written: that is better known before an hour of
/// measuring than after it.
[[nodiscard]] Result<void> check_writable(std::span<const std::filesystem::path> paths);

}  // namespace ortopt::tool
