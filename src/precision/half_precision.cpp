#include "ortopt/precision/half_precision.h"

#include "ortopt/precision/mark.h"
#include "precision/align.h"
#include "precision/conversion.h"
#include "precision/float_slots.h"
#include "precision/mask_fills.h"
#include "precision/type_plan.h"

namespace ortopt {
namespace {

std::string full_name(const Node& node) {
  return node.domain().empty() ? node.op() : node.domain() + "." + node.op();
}

void tell(const FloatSlots& slots, const TypePlan& plan, const Marks& marks,
          PrecisionFacts& facts) {
  facts.type = plan.half_type();
  for (const Node* node : slots.nodes()) {
    if (!slots.can_change(*node)) continue;
    const Mark* mark = marks.find(*node);
    if (mark == nullptr)
      ++facts.converted;
    else
      facts.kept.push_back(
          {node->label(), full_name(*node), std::string(mark->pass), mark->reason});
  }
}

}  // namespace

Result<Changes> HalfPrecision::run(Graph& graph, Context& context) const {
  if (graph.owner() != nullptr) return Changes{};
  const Analysis& facts = context.analysis();
  const FloatSlots slots(graph, facts, options_);
  Marks marks;
  const MarkScope scope{graph, facts, options_, context.target()};
  for (const auto& pass : make_mark_passes()) pass->run(scope, marks);
  align(graph, slots, options_, marks);
  const TypePlan plan(graph, slots, marks, options_);
  // A second run finds what the first one has left.
  if (context.facts().precision.type == DataType::undefined)
    tell(slots, plan, marks, context.facts().precision);
  Changes changes = tame_mask_fills(graph, slots, plan, options_.half_range().max_finite, context);
  changes.count += Conversion(graph, slots, plan, options_, context).run().count;
  // What was known of types is not true any more.
  if (changes.count > 0) context.invalidate_analysis();
  return changes;
}

}  // namespace ortopt
