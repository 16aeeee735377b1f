#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/wire.h"
#include "ortopt/base/result.h"
#include "ortopt/ir/file_handle.h"

namespace ortopt {

/// Reads protobuf's wire format from a file through one small buffer. The first problem sticks:
/// afterwards `ok` is false, `error` says what it was, and every read gives zeros.
class WireReader {
 public:
  explicit WireReader(std::shared_ptr<const FileHandle> file);

  [[nodiscard]] uint64_t position() const { return position_; }
  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] const Error& error() const { return *error_; }
  [[nodiscard]] const std::shared_ptr<const FileHandle>& file() const { return file_; }

  struct Tag {
    uint32_t number = 0;
    WireType type = WireType::varint;
  };
  /// The reads below fail when they would pass `end`, where the enclosing message stops.
  Tag tag(uint64_t end);
  uint64_t varint(uint64_t end);
  /// The length of a length-delimited field, checked to lie before `end`.
  uint64_t length(uint64_t end);
  /// Appends the next `size` bytes to `to`.
  void copy(uint64_t size, uint64_t end, std::string& to);
  /// Goes on at `position`; reads nothing.
  void seek(uint64_t position);

  /// Notes that the file is damaged at the present position, unless something went wrong before.
  void damaged(const std::string& what);
  void failed(Error error);

 private:
  bool fill();
  uint8_t next();

  std::shared_ptr<const FileHandle> file_;
  std::vector<std::byte> buffer_;
  uint64_t buffer_start_ = 0;  ///< Where in the file the buffer begins.
  uint64_t position_ = 0;
  std::optional<Error> error_;
};

}  // namespace ortopt
