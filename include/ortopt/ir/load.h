#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/model.h"

namespace ortopt {

struct LoadOptions {
  /// Take external data from outside the model's own folder (absolute paths, "..", links that lead
  /// out).
  bool allow_outside_data = false;
  /// Replace calls of model-local functions by their bodies.
  bool inline_functions = true;
};

/// What is known of the file that a model came from.
struct SourceFacts {
  std::filesystem::path path;
  uint64_t file_bytes = 0;    ///< The model file alone.
  uint64_t weight_bytes = 0;  ///< All tensor content, wherever it lies.
  bool has_external_data = false;
  std::string fingerprint;  ///< xxHash of the graph without weights and of a sample of every
                            ///< weight's bytes, hexadecimal.
  std::vector<std::filesystem::path> data_files;  ///< Those that external data is read from.
  /// Calls of model-local functions stayed, because they stand for more nodes than is sensible.
  bool has_unbounded_calls = false;
};

struct LoadedModel {
  std::unique_ptr<Model> model;
  SourceFacts source;
};

/// Reads an ONNX model. Large tensor content is never read: it becomes a file extent, wherever in
/// the file it lies. Constant nodes become initializers, typed data fields raw bytes, unsorted
/// nodes are sorted, model-local functions inlined; `Model::notes` says what was mended. Fails with
/// bad_model (expected / found / where) on anything that is no usable model, with `failure` when
/// the file cannot be read.
[[nodiscard]] Result<LoadedModel> load(const std::filesystem::path& path,
                                       const LoadOptions& options = {});

}  // namespace ortopt
