#include "ir/output_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "ir/output_target.h"
#include "ir/quoted.h"
#include "ir/recipes.h"
#include "ortopt/ir/file_handle.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t copy_step = 16 * 1024 * 1024;  ///< Between two calls of the progress.
constexpr uint64_t buffer_size = 256 * 1024;      ///< Larger ones leave the processor's cache.

/// A hidden name beside `target`, another one for every attempt.
std::string temporary_name(const fs::path& target, int attempt) {
  // Names may have 255 bytes.
  const std::string name = "." + target.filename().string().substr(0, 200) + "." +
                           std::to_string(::getpid()) + "-" + std::to_string(attempt);
  return (folder_of(target) / name).string();
}

constexpr int attempts = 100;

/// Opens a new file under a temporary name, which goes to `name`; -1 when that fails.
int open_named(const fs::path& target, TemporaryName& name) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const std::string candidate = temporary_name(target, attempt);
    const int descriptor = ::open(candidate.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor >= 0) name = TemporaryName(candidate);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

bool copying_is_unsupported(int problem) {
  return problem == EXDEV || problem == EINVAL || problem == ENOSYS || problem == EOPNOTSUPP ||
         problem == EPERM || problem == EBADF || problem == ETXTBSY;
}

/// As much of a tensor's content as is best computed at once, in whole rows: those of joined and
/// transposed tensors are cheaper than parts of them.
uint64_t block_of(const Tensor& tensor) {
  const uint64_t block = block_size_of(tensor);
  uint64_t row = tensor.byte_size();
  for (const int64_t dim : tensor.dims()) {
    if (row <= block) break;
    row /= static_cast<uint64_t>(std::max<int64_t>(dim, 1));
  }
  return row == 0 || row > block ? block : block / row * row;
}

/// Whether the file system shares blocks between files or copies on a server. Others copy page by
/// page on the caller's time, which takes twice as long as reading and writing
/// (docs/decisions/0002-copying.md).
bool copies_by_itself(int descriptor) {
  struct statfs facts {};
  if (::fstatfs(descriptor, &facts) != 0) return false;
  switch (static_cast<uint64_t>(facts.f_type)) {
    case BTRFS_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case NFS_SUPER_MAGIC:
    case 0xff534d42:  // CIFS
    case 0xfe534d42:  // SMB2
    case 0xca451a4e:  // bcachefs
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<OutputFile> OutputFile::create(const fs::path& target, Progress progress) {
  if (Result<void> checked = check_output_target(target); !checked)
    return pass_on(std::move(checked).error());
  TemporaryName temporary;
  int descriptor = ::open(folder_of(target).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  const bool unsupported = errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT;
  if (descriptor < 0 && unsupported) descriptor = open_named(target, temporary);
  if (descriptor < 0) return cannot("write " + quoted(target));
  OutputFile file(target, descriptor, std::move(temporary), std::move(progress));
  struct stat replaced {};
  if (::stat(target.c_str(), &replaced) == 0 && ::fchmod(descriptor, replaced.st_mode & 07777) != 0)
    return cannot("write " + quoted(target));
  return file;
}

OutputFile::OutputFile(fs::path target, int descriptor, TemporaryName temporary, Progress progress)
    : target_(std::move(target)),
      descriptor_(descriptor),
      temporary_(std::move(temporary)),
      copies_by_itself_(copies_by_itself(descriptor)),
      progress_(std::move(progress)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : target_(std::move(other.target_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      temporary_(std::move(other.temporary_)),
      position_(other.position_),
      copies_by_itself_(other.copies_by_itself_),
      progress_(std::move(other.progress_)) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Failure OutputFile::failed(std::string_view doing) const {
  return cannot(std::string(doing) + " " + quoted(target_));
}

void OutputFile::advance(uint64_t bytes) {
  position_ += bytes;
  if (progress_) progress_(bytes);
}

Result<void> OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(position_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
    advance(static_cast<uint64_t>(written));
  }
  return {};
}

Result<void> OutputFile::write(const Tensor& tensor) {
  const uint64_t size = tensor.byte_size();
  if (const auto* extent = std::get_if<FileExtent>(&tensor.content()))
    return copy(extent->file->descriptor(), extent->offset, size, quoted(extent->file->path()));
  if (const auto* bytes = std::get_if<Tensor::Bytes>(&tensor.content()))
    return size == 0 ? Result<void>()
                     : write({reinterpret_cast<const char*>((*bytes)->data()), (*bytes)->size()});
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(size, block_of(tensor))));
  for (uint64_t done = 0; done < size;) {
    const std::span<std::byte> block = std::span(buffer).first(
        static_cast<std::size_t>(std::min<uint64_t>(buffer.size(), size - done)));
    if (Result<void> read = read_content(tensor, done, block); !read) return read;
    if (Result<void> written = write({reinterpret_cast<const char*>(block.data()), block.size()});
        !written)
      return written;
    done += block.size();
  }
  return {};
}

Result<void> OutputFile::repeat(uint64_t offset, uint64_t length) {
  ensure(offset + length <= position_, "only what was written can be repeated");
  return copy(descriptor_, offset, length, quoted(target_));
}

Result<void> OutputFile::copy(int source, uint64_t offset, uint64_t length,
                              const std::string& name) {
  if (!copies_by_itself_) return copy_through_memory(source, offset, length, name);
  while (length > 0) {
    auto from = static_cast<off_t>(offset);
    auto to = static_cast<off_t>(position_);
    const ssize_t copied = ::copy_file_range(
        source, &from, descriptor_, &to, static_cast<std::size_t>(std::min(length, copy_step)), 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0 && copying_is_unsupported(errno))
      return copy_through_memory(source, offset, length, name);
    if (copied < 0) return failed("write");
    if (copied == 0)
      return fail(Code::failure, name + " ends at byte " + std::to_string(offset) + ", but " +
                                     std::to_string(length) + " more were expected");
    offset += static_cast<uint64_t>(copied);
    length -= static_cast<uint64_t>(copied);
    advance(static_cast<uint64_t>(copied));
  }
  return {};
}

Result<void> OutputFile::copy_through_memory(int source, uint64_t offset, uint64_t length,
                                             const std::string& name) {
  std::vector<char> buffer(static_cast<std::size_t>(std::min(length, buffer_size)));
  while (length > 0) {
    const auto step = static_cast<std::size_t>(std::min<uint64_t>(length, buffer.size()));
    const ssize_t got = ::pread(source, buffer.data(), step, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot("read " + name);
    if (got == 0)
      return fail(Code::failure, name + " ends at byte " + std::to_string(offset) + ", but " +
                                     std::to_string(length) + " more were expected");
    if (Result<void> written = write({buffer.data(), static_cast<std::size_t>(got)}); !written)
      return written;
    offset += static_cast<uint64_t>(got);
    length -= static_cast<uint64_t>(got);
  }
  return {};
}

Result<void> OutputFile::pad_to(uint64_t position) {
  ensure(position >= position_, "padding goes forward");
  if (position == position_) return {};
  if (::ftruncate(descriptor_, static_cast<off_t>(position)) != 0) return failed("write");
  advance(position - position_);
  return {};
}

Result<bool> OutputFile::same_as(const fs::path& path) const {
  std::error_code problem;
  if (!fs::is_regular_file(path, problem)) return false;
  Result<std::shared_ptr<const FileHandle>> other = FileHandle::open(path);
  if (!other || (*other)->size() != position_) return false;
  std::vector<std::byte> ours(buffer_size);
  std::vector<std::byte> theirs(buffer_size);
  for (uint64_t offset = 0; offset < position_;) {
    const ssize_t got = ::pread(descriptor_, ours.data(), ours.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed("read back");
    const auto part = std::span(theirs).first(static_cast<std::size_t>(got));
    if (!(*other)->read(offset, part)) return false;
    if (std::memcmp(ours.data(), theirs.data(), part.size()) != 0) return false;
    offset += static_cast<uint64_t>(got);
  }
  return true;
}

Result<void> OutputFile::sync() {
  if (::fsync(descriptor_) != 0) return failed("sync");
  return {};
}

std::string OutputFile::own_link(std::string_view process) const {
  return "/proc/" + std::string(process) + "/fd/" + std::to_string(descriptor_);
}

Result<fs::path> OutputFile::path_while_open() {
  const fs::path link = own_link(std::to_string(::getpid()));
  if (temporary_.empty() && ::access(link.c_str(), R_OK) == 0) return link;
  return name();
}

Result<fs::path> OutputFile::name() {
  if (!temporary_.empty()) return temporary_.path();
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const std::string wished = temporary_name(target_, attempt);
    if (::linkat(AT_FDCWD, own_link("self").c_str(), AT_FDCWD, wished.c_str(), AT_SYMLINK_FOLLOW) ==
        0) {
      temporary_ = TemporaryName(wished);
      return temporary_.path();
    }
    if (errno != EEXIST) break;
  }
  return failed("write");
}

Result<void> OutputFile::commit(const fs::path& path) {
  // Only named files can take the place of others.
  if (Result<fs::path> named = name(); !named) return pass_on(std::move(named).error());
  if (::rename(temporary_.path().c_str(), path.c_str()) != 0) return failed("write");
  temporary_.release();
  return {};
}

Result<void> sync_folder(const fs::path& path) {
  const int descriptor = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!done) return cannot("sync the folder of " + quoted(path));
  return {};
}

}  // namespace ortopt
