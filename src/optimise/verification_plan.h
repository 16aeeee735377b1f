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

/// Why the memory does not suffice for a check of models of this size; nothing when it does.
[[nodiscard]] std::optional<std::string> find_lack_of_memory(uint64_t model_bytes);

}  // namespace ortopt
