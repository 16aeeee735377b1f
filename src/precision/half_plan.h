#pragma once

#include "ortopt/pass/pass.h"
#include "precision/float_slots.h"
#include "precision/kept_nodes.h"
#include "precision/type_plan.h"

namespace ortopt {

/// What a conversion of the graph comes to: what is free to change, what is kept all the same, and
/// the types that follow. The parts refer to each other and to the graph.
struct HalfPlan {
  HalfPlan(Graph& graph, const PrecisionOptions& options, Context& context)
      : slots(graph, context.analysis(), options),
        marks(find_kept_nodes({graph, context.analysis(), options, context.target()}, slots)),
        types(graph, slots, marks, options) {}
  HalfPlan(const HalfPlan&) = delete;
  HalfPlan& operator=(const HalfPlan&) = delete;

  const FloatSlots slots;
  const Marks marks;
  const TypePlan types;
};

}  // namespace ortopt
