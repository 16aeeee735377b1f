#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "ortopt/engine/engine.h"

namespace ortopt::engine_test {

/// A folder of a test's own, removed with it.
class TemporaryModels {
 public:
  TemporaryModels();
  TemporaryModels(const TemporaryModels&) = delete;
  TemporaryModels& operator=(const TemporaryModels&) = delete;
  ~TemporaryModels();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// Saves the model that `text` spells (see parse_text) as `<name>.onnx`.
  std::filesystem::path save(const std::string& name, std::string_view text);
  /// Writes a file with these bytes.
  std::filesystem::path write(const std::string& name, std::string_view bytes);

 private:
  std::filesystem::path folder_;
};

/// The runtime that scripts/setup fetched; fails the test when there is none.
[[nodiscard]] std::filesystem::path the_runtime();

/// That runtime, loaded into this process once.
[[nodiscard]] Engine& the_engine();

}  // namespace ortopt::engine_test
