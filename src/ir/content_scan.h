#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/external_files.h"
#include "ir/spill_file.h"
#include "ir/wire_reader.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// A tensor message as the scan found it: everything but the content, and where the content lies.
struct ScannedTensor {
  struct Chunk {
    uint32_t field = 0;
    uint64_t offset = 0;
    uint64_t length = 0;
  };
  std::string header;  ///< All other fields, as they were.
  std::vector<Chunk> chunks;
  DataType type = DataType::undefined;
  bool is_external = false;
};

/// Finishes scanned tensors: small content goes into the message, large content becomes an extent
/// of the file, with a placeholder in the message (src/ir/tensor_proto.h).
class ContentScan {
 public:
  ContentScan(WireReader& reader, ExternalFiles& external) : reader_(reader), external_(external) {}

  /// The message for `tensor`. Moves the reader; problems stick to it.
  [[nodiscard]] std::string finish(ScannedTensor tensor);

  /// The extents that the placeholders count, once all tensors are finished.
  [[nodiscard]] Result<std::vector<FileExtent>> take_extents();
  [[nodiscard]] uint64_t content_bytes() const { return content_bytes_; }

 private:
  void finish_external(std::string& header);
  void finish_raw(const ScannedTensor& tensor, const ScannedTensor::Chunk& chunk,
                  std::string& message);
  void finish_typed(const ScannedTensor& tensor, std::string& message);
  /// Turns typed fields into raw bytes, in memory while they are few.
  void rewrite_as_raw(const ScannedTensor& tensor, std::string& message);
  void append_decoded(const ScannedTensor::Chunk& chunk, std::size_t width, std::string& raw,
                      std::optional<uint64_t>& spilled_from);
  void spill(std::string& raw, std::optional<uint64_t>& spilled_from);
  void place(FileExtent extent, std::string& message);
  void copy_chunk(const ScannedTensor::Chunk& chunk, std::string& message);

  WireReader& reader_;
  ExternalFiles& external_;
  SpillFile spill_;
  std::vector<FileExtent> extents_;
  uint64_t content_bytes_ = 0;
};

}  // namespace ortopt
