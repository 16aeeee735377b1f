#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ir/external_files.h"
#include "ortopt/base/result.h"
#include "ortopt/ir/file_handle.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// A model file without its large tensor content.
struct WeightlessModel {
  std::string message;              ///< A serialised ModelProto with placeholders.
  std::vector<FileExtent> extents;  ///< What the placeholders stand for.
  uint64_t content_bytes = 0;       ///< All tensor content, wherever it lies.
};

/// Reads a model file's wire format once, front to back, and leaves the content of large tensors
/// where it is, however deep in the message. Memory is bounded by what the file holds besides
/// tensors, never by what its length fields claim. Fails with bad_model, naming the byte, on
/// anything that is not well formed.
[[nodiscard]] Result<WeightlessModel> scan_model(const std::shared_ptr<const FileHandle>& file,
                                                 ExternalFiles& external);

}  // namespace ortopt
