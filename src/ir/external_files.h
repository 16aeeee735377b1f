#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/file_handle.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/tensor.h"

namespace onnx {
class TensorProto;
}

namespace ortopt {

/// Finds the external data of one model's tensors. Data outside the model's folder is refused
/// unless the options allow it: a model from a stranger must not read other files.
class ExternalFiles {
 public:
  ExternalFiles(const std::filesystem::path& model, const LoadOptions& options);

  /// The extent that the external_data entries of `message` name. Fails with bad_model when it is
  /// incomplete, missing, short, not as long as the dimensions say, or outside the folder.
  [[nodiscard]] Result<FileExtent> resolve(const onnx::TensorProto& message);
  [[nodiscard]] bool used() const { return !files_.empty(); }
  /// The files opened so far.
  [[nodiscard]] std::vector<std::filesystem::path> paths() const;

 private:
  Result<std::shared_ptr<const FileHandle>> open(const std::string& location);
  [[nodiscard]] Result<void> check_inside(const std::string& location) const;

  std::filesystem::path model_;
  LoadOptions options_;
  std::map<std::string, std::shared_ptr<const FileHandle>> files_;
};

}  // namespace ortopt
