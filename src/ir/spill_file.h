#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "ortopt/base/result.h"
#include "ortopt/ir/file_handle.h"

namespace ortopt {

/// A nameless temporary file for content that must be rewritten before it can be streamed (typed
/// data fields). Made on first use; gone with the last handle.
class SpillFile {
 public:
  SpillFile() = default;
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;
  ~SpillFile();

  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] Result<void> append(std::string_view bytes);
  /// The file for reading. Ends the writing.
  [[nodiscard]] Result<std::shared_ptr<const FileHandle>> finish();

 private:
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

}  // namespace ortopt
