#pragma once

#include "ortopt/pass/pass.h"
#include "precision/float_slots.h"
#include "precision/type_plan.h"

namespace ortopt {

/// Numbers beyond the half type's range that stand for "not this one" (−3.4e38 added to or chosen
/// instead of a score) become half of the largest number: they still win over every score, and two
/// of them, or one and a score, do not add up to an infinity, which would make a row that is masked
/// everywhere not-a-number. Only where they meet the half type; limits of Clip, Max and Min stay.
Changes tame_mask_fills(Graph& graph, const FloatSlots& slots, const TypePlan& plan,
                        double max_finite, Context& context);

}  // namespace ortopt
