#pragma once

#include "ortopt/pattern/pattern.h"

namespace ortopt {

/// Whether the casts inside a match widen `type` to float or double and come back, and do nothing
/// else: the fused operator computes in float then, and loses nothing that matters.
[[nodiscard]] bool casts_widen_only(const pattern::Match& match, DataType type);

}  // namespace ortopt
