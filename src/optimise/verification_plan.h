#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "ortopt/base/result.h"
#include "ortopt/optimise/optimise.h"

namespace ortopt {

/// Whether and with what a result is checked.
struct VerificationPlan {
  std::optional<std::filesystem::path> runtime;
  std::string reason;  ///< Why not, without a runtime.
};

/// Decides before any work is done. Fails with `no_runtime` when verification is wanted and there
/// is none to do it.
[[nodiscard]] Result<VerificationPlan> plan_verification(const OptimiseRequest& request);

/// What was promised of padding in the inputs by what the passes may assume.
[[nodiscard]] PaddingPromise padding_promise(const PassOptions& passes);

/// Why a check of models like this one, which has `model_bytes` with all its weights, would take
/// more memory or time than there is; nothing when it would not.
[[nodiscard]] std::optional<std::string> find_obstacle(const SourceFacts& source,
                                                       uint64_t model_bytes);

}  // namespace ortopt
