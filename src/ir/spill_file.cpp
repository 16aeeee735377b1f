#include "ir/spill_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace ortopt {
namespace {

Result<int> open_nameless() {
  std::error_code problem;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(problem);
  std::string name = (folder / "ortopt-XXXXXX").string();
  const int descriptor = problem ? -1 : ::mkstemp(name.data());
  if (descriptor < 0)
    return fail(Code::failure, "cannot make a temporary file in '" + folder.string() +
                                   "': " + std::strerror(errno));
  ::unlink(name.c_str());
  return descriptor;
}

}  // namespace

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> SpillFile::append(std::string_view bytes) {
  if (descriptor_ < 0) {
    Result<int> opened = open_nameless();
    if (!opened) return pass_on(std::move(opened).error());
    descriptor_ = *opened;
  }
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return fail(Code::failure,
                  std::string("cannot write a temporary file: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += static_cast<uint64_t>(written);
  }
  return {};
}

Result<std::shared_ptr<const FileHandle>> SpillFile::finish() {
  return FileHandle::adopt(std::exchange(descriptor_, -1), "temporary file");
}

}  // namespace ortopt
