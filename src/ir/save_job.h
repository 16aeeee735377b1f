#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ir/output_file.h"
#include "ir/to_proto.h"
#include "ir/wire_plan.h"
#include "ortopt/base/result.h"
#include "ortopt/ir/save.h"

namespace ortopt {

/// One model on its way into files: its message, and the tensors that are too large to be part of
/// it.
class SaveJob {
 public:
  SaveJob(std::filesystem::path path, const SaveOptions& options)
      : path_(std::move(path)), options_(options) {}
  SaveJob(const SaveJob&) = delete;

  /// Makes the message. Small tensors become part of it.
  [[nodiscard]] Result<void> take(const Model& model);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const SaveOptions& options() const { return options_; }
  [[nodiscard]] const std::vector<PlacedTensor>& streamed() const { return streamed_; }

  /// Content of streamed tensor `index` goes into the model file, or into `location` at `offset`.
  void place_inline(std::size_t index);
  void place_external(std::size_t index, const std::string& location, uint64_t offset);
  /// The model file under the present placement. Fails when it is more than protobuf can hold.
  [[nodiscard]] Result<WirePlan> plan() const;
  /// Bytes that will be written in all, for the progress.
  void expect(uint64_t bytes) { expected_ = bytes; }

  [[nodiscard]] Result<OutputFile> create(const std::filesystem::path& path);
  [[nodiscard]] Result<void> write(const WirePlan& plan, OutputFile& file) const;

 private:
  std::filesystem::path path_;
  const SaveOptions& options_;
  onnx::ModelProto message_;
  std::vector<PlacedTensor> streamed_;
  uint64_t expected_ = 0;
  uint64_t written_ = 0;
};

/// Writes weights to `<name>.onnx.data`, the model beside it. See src/ir/save_external.cpp.
[[nodiscard]] Result<SaveReport> save_external(SaveJob& job);

}  // namespace ortopt
