#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "ortopt/base/result.h"
#include "ortopt/ir/model.h"

namespace ortopt {

/// Where tensor content goes.
enum class WeightPlacement {
  automatic,  ///< External when the input had external data or the file would pass 2 GB, else
              ///< inline.
  inline_,
  external,  ///< `<name>.onnx.data` beside the model.
};

struct SaveOptions {
  WeightPlacement weights = WeightPlacement::automatic;
  bool source_had_external_data = false;
  bool sync = false;  ///< fsync before the rename, for power loss.
  std::function<void(uint64_t done, uint64_t total)>
      progress;  ///< Called now and then with bytes written; may be empty.
  /// Called with the complete temporary model, loadable where it lies (its external data included),
  /// before anything takes the place of `path`; a failure is passed on and leaves all as it was.
  /// May be empty.
  std::function<Result<void>(const std::filesystem::path& written)> accept;
};

struct SaveReport {
  uint64_t file_bytes = 0;    ///< The model file alone.
  uint64_t data_bytes = 0;    ///< The external data file, 0 without one.
  uint64_t shared_bytes = 0;  ///< Saved by writing equal tensors once.
};

/// Writes the model to a temporary file in the same folder and renames it: at any moment `path` is
/// the old file or the new one. `path` may be the file that the model was loaded from. The bytes
/// depend on the model alone. On failure nothing is left behind. A `path` that is a link is replaced,
/// not what it leads to.
[[nodiscard]] Result<SaveReport> save(const Model& model, const std::filesystem::path& path,
                                      const SaveOptions& options = {});

}  // namespace ortopt
