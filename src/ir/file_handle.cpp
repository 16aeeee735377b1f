#include "ortopt/ir/file_handle.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "ir/quoted.h"

namespace ortopt {
namespace {

/// Opens a file for reading. A model may have one data file a weight: when they are more than the
/// process may have open by default, the limit is raised as far as it may be.
int open_for_reading(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer; regular files do not care.
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  const int descriptor = ::open(path.c_str(), flags);
  if (descriptor >= 0 || errno != EMFILE) return descriptor;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) {
    errno = EMFILE;
    return -1;
  }
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  return ::open(path.c_str(), flags);
}

}  // namespace

Result<std::shared_ptr<const FileHandle>> FileHandle::open(const std::filesystem::path& path) {
  const int descriptor = open_for_reading(path);
  if (descriptor < 0)
    return fail(Code::failure, "cannot open " + quoted(path) + ": " + std::strerror(errno));
  return adopt(descriptor, path);
}

Result<std::shared_ptr<const FileHandle>> FileHandle::adopt(int descriptor,
                                                            const std::filesystem::path& path) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(descriptor);
    return fail(Code::bad_model,
                quoted(path) + (S_ISDIR(facts.st_mode) ? " is a directory, not a file"
                                                       : " is not a regular file"));
  }
  return std::shared_ptr<const FileHandle>(
      new FileHandle(path, descriptor, static_cast<uint64_t>(facts.st_size),
                     std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino)));
}

FileHandle::FileHandle(std::filesystem::path path, int descriptor, uint64_t size,
                       std::string identity)
    : path_(std::move(path)),
      descriptor_(descriptor),
      size_(size),
      identity_(std::move(identity)) {}

FileHandle::~FileHandle() { ::close(descriptor_); }

Result<void> FileHandle::read(uint64_t offset, std::span<std::byte> to) const {
  const uint64_t wanted_end = offset + to.size();
  while (!to.empty()) {
    const ssize_t got = ::pread(descriptor_, to.data(), to.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(Code::failure, "cannot read " + quoted(path_) + ": " + std::strerror(errno));
    if (got == 0)
      return fail(Code::failure, quoted(path_) + " ends at byte " + std::to_string(offset) +
                                     ", but " + std::to_string(wanted_end) + " were expected");
    to = to.subspan(static_cast<std::size_t>(got));
    offset += static_cast<uint64_t>(got);
  }
  return {};
}

}  // namespace ortopt
