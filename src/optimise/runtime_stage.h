#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "ortopt/base/result.h"
#include "ortopt/base/temporary_folder.h"
#include "ortopt/ir/load.h"
#include "ortopt/optimise/optimise.h"

namespace ortopt {

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
