#pragma once

#include "ortopt/passes/attention/sdpa.h"
#include "passes/attention/origins.h"

namespace ortopt::attention {

/// Follows an operand back to its projection, through rearrangements, scalars, biases, norms,
/// rotary embedding and cache, and fills in where it comes from.
[[nodiscard]] Recognised<Operand> traced(Operand operand, Origins& origins);

}  // namespace ortopt::attention
