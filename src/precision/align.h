#pragma once

#include "ortopt/precision/mark.h"
#include "precision/float_slots.h"

namespace ortopt {

/// Marks what is better off in float32 because of its neighbours, so that there are fewer Casts:
/// Casts to float32 that someone needs, moves between values that are float32 anyway, and cheap
/// operators between kept ones.
void align(const Graph& graph, const FloatSlots& slots, const PrecisionOptions& options,
           Marks& marks);

}  // namespace ortopt
