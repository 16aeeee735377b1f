#pragma once

#include <filesystem>
#include <string>

namespace ortopt {

/// As messages show names and paths.
[[nodiscard]] inline std::string quoted(const std::string& name) { return "'" + name + "'"; }
[[nodiscard]] inline std::string quoted(const std::filesystem::path& path) {
  return quoted(path.string());
}

}  // namespace ortopt
