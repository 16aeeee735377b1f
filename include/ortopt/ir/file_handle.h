#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "ortopt/base/result.h"

namespace ortopt {

/// An open file, read with pread: a file that shrinks meanwhile is a read error, never a signal.
class FileHandle {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const FileHandle>> open(
      const std::filesystem::path& path);
  /// Takes over an open descriptor; `path` is what messages call the file.
  [[nodiscard]] static Result<std::shared_ptr<const FileHandle>> adopt(
      int descriptor, const std::filesystem::path& path);
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// What the file is on this machine (device and inode), however it was called: equal while both
  /// are open means the same file.
  [[nodiscard]] const std::string& identity() const { return identity_; }
  /// Fills `to` from `offset`; fails when the file ends before.
  [[nodiscard]] Result<void> read(uint64_t offset, std::span<std::byte> to) const;

 private:
  FileHandle(std::filesystem::path path, int descriptor, uint64_t size, std::string identity);

  std::filesystem::path path_;
  int descriptor_;
  uint64_t size_;
  std::string identity_;
};

}  // namespace ortopt
