#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/base/logger.h"
#include "ortopt/profile/hints.h"

namespace ortopt::tool {

/// What ort-opt would fuse of `model` for a target ("cpu") that is not fused in `as_run`, the graph that the runtime made
/// of it (or the model itself). Empty when the model cannot be optimised.
[[nodiscard]] std::vector<FusionOutlook> find_outlook(const std::filesystem::path& model,
                                                      const std::filesystem::path& as_run,
                                                      const std::string& target, Logger& logger);

}  // namespace ortopt::tool
