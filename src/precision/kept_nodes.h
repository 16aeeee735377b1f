#pragma once

#include "ortopt/precision/mark.h"
#include "precision/float_slots.h"

namespace ortopt {

/// What all marking passes keep, aligned.
[[nodiscard]] Marks find_kept_nodes(const MarkScope& scope, const FloatSlots& slots);

}  // namespace ortopt
