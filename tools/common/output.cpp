#include "tools/common/output.h"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "ortopt/base/terminal_text.h"
#include "ortopt/ir/result_file.h"

namespace ortopt::tool {
namespace {

std::string printable_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end));
    if (end != std::string_view::npos) out += '\n';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

bool is_file(const std::filesystem::path& path) { return !path.empty() && path != "-"; }

}  // namespace

void print(std::string_view text) {
  const std::string shown = isatty(STDOUT_FILENO) == 1 ? printable_lines(text) : std::string(text);
  std::fwrite(shown.data(), 1, shown.size(), stdout);
}

Result<void> write_output(const std::filesystem::path& path, std::string_view text) {
  if (path == "-") print(text);
  if (!is_file(path)) return {};
  Result<ResultFile> file = ResultFile::open(path);
  if (!file) return pass_on(std::move(file.error()));
  return file->write(text);
}

Result<void> check_writable(std::span<const std::filesystem::path> paths) {
  for (const std::filesystem::path& path : paths)
    if (is_file(path))
      if (const Result<ResultFile> file = ResultFile::open(path); !file)
        return pass_on(file.error());
  return {};
}

}  // namespace ortopt::tool
