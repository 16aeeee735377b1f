#include "tools/common/output.h"

#include <cstdio>
#include <fstream>

namespace ortopt::tool {
namespace {

bool is_file(const std::filesystem::path& path) { return !path.empty() && path != "-"; }

Failure not_writable(const std::filesystem::path& path) {
  return fail(Code::failure, "'" + path.string() + "' cannot be written");
}

}  // namespace

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Result<void> write_output(const std::filesystem::path& path, std::string_view text) {
  if (path == "-") print(text);
  if (!is_file(path)) return {};
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) return not_writable(path);
  return {};
}

Result<void> check_writable(std::span<const std::filesystem::path> paths) {
  for (const std::filesystem::path& path : paths)
    if (is_file(path) && !std::ofstream(path, std::ios::app)) return not_writable(path);
  return {};
}

}  // namespace ortopt::tool
