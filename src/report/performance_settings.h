#pragma once

#include <string_view>

#include "ortopt/engine/engine.h"

namespace ortopt {

/// Whether the first provider is none for processors.
[[nodiscard]] bool is_on_gpu(const SessionOptions& options);

/// "ENABLE_ALL": as the incumbent writes levels.
[[nodiscard]] std::string_view incumbent_name(RuntimeOptimization optimization);

}  // namespace ortopt
