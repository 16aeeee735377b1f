#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "ortopt/base/result.h"
#include "ortopt/ir/load.h"
#include "ortopt/optimise/optimise.h"

namespace ortopt {

/// A folder of our own for files that nobody is to see; goes with everything in it.
class TemporaryFolder {
 public:
  [[nodiscard]] static Result<std::unique_ptr<TemporaryFolder>> make();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

/// The file that the passes start from.
struct StagedInput {
  std::filesystem::path path;
  std::optional<SourceFacts> original;  ///< Of the request's input, when `path` is another file.
  std::unique_ptr<TemporaryFolder> folder;  ///< Holds `path` then.
};

/// Runs the runtime's offline optimiser over the input, when asked to; otherwise names the input
/// itself. Fails with `no_runtime` when there is none to do it.
[[nodiscard]] Result<StagedInput> run_runtime_stage(const OptimiseRequest& request);

}  // namespace ortopt
