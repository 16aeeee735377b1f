#pragma once

#include "flags.h"
#include "ortopt/precision/options.h"

namespace ortopt::tool {

/// What the flags of the group "Precision" ask for. Fails with `usage`.
[[nodiscard]] Result<PrecisionOptions> precision_options(const Flags& flags);

}  // namespace ortopt::tool
