#include "ortopt/precision/half_precision.h"

#include <string>

#include "ortopt/ir/model.h"
#include "precision/conversion.h"
#include "precision/half_plan.h"
#include "precision/marks.h"
#include "precision/mask_fills.h"

namespace ortopt {
namespace {

void tell(const HalfPlan& plan, const PrecisionOptions& options, PrecisionFacts& facts) {
  facts.type = plan.types.half_type();
  for (const Node* node : plan.slots.nodes()) {
    if (!plan.slots.can_change(*node)) continue;
    const Mark* mark = plan.marks.find(*node);
    if (mark == nullptr) {
      ++facts.converted;
      continue;
    }
    facts.kept.push_back(
        {node->label(), node->qualified_op(), std::string(mark->pass), mark->reason});
    const auto need = options.measured.find(node->label());
    if (mark->pass != Measured::name || need == options.measured.end()) continue;
    facts.kept.back().largest = need->second.largest;
    facts.kept.back().difference = need->second.difference;
  }
}

/// Fails with `usage` for a type that is asked for what is no floating input or output.
Result<void> check_interface(const Graph& graph, const FloatSlots& slots,
                             const PrecisionOptions& options) {
  const auto is_floating_port = [&](const std::string& name) {
    for (const auto* ports : {&graph.inputs(), &graph.outputs()})
      for (const Value* port : *ports)
        if (port->name() == name && is_floating(slots.type_now(*port))) return true;
    return false;
  };
  std::vector<std::string> names(options.kept_io.begin(), options.kept_io.end());
  for (const auto& [name, type] : options.io_types) names.push_back(name);
  for (const std::string& name : names)
    if (!is_floating_port(name))
      return fail(Code::usage, "'" + name + "' is no floating input or output of the model");
  return {};
}

void tell_interface(const Graph& graph, const HalfPlan& plan, PrecisionFacts& facts) {
  for (const Value* input : graph.inputs())
    if (plan.types.type_of(*input) != plan.slots.type_now(*input))
      facts.changed_types[input->name()] = plan.types.type_of(*input);
  for (std::size_t k = 0; k < graph.outputs().size(); ++k)
    if (const DataType type = plan.types.wanted_by_output(graph, k);
        type != plan.slots.type_now(*graph.outputs()[k]))
      facts.changed_types[graph.outputs()[k]->name()] = type;
}

/// Fails with `usage` where bfloat16 has no kernels, or the operators do not know it.
Result<void> check_bfloat16(const Graph& graph, const Target& target) {
  if (target.provider() != Target::Provider::cuda)
    return fail(Code::usage, "bfloat16 has no kernels on CPU; --target cuda allows it");
  constexpr int64_t first_with_bfloat16 = 13;
  const auto opset = graph.model().opset();
  if (opset && opset->version < first_with_bfloat16)
    return fail(Code::usage, "bfloat16 needs opset 13, and the model has opset " +
                                 std::to_string(opset->version));
  return {};
}

}  // namespace

Result<Changes> HalfPrecision::run(Graph& graph, Context& context) const {
  if (graph.owner() != nullptr) return Changes{};
  if (options_.half_type() == DataType::bfloat16)
    if (Result<void> possible = check_bfloat16(graph, context.target()); !possible)
      return pass_on(possible.error());
  const HalfPlan plan(graph, options_, context);
  if (Result<void> known = check_interface(graph, plan.slots, options_); !known)
    return pass_on(known.error());
  // A second run finds what the first one has left.
  PrecisionFacts& told = context.facts().precision;
  if (told.type == DataType::undefined) {
    tell(plan, options_, told);
    tell_interface(graph, plan, told);
  }
  Changes changes =
      tame_mask_fills(graph, plan.slots, plan.types, options_.half_range().max_finite, context);
  changes.count += Conversion(graph, plan.slots, plan.types, options_, context).run().count;
  // What was known of types is not true any more.
  if (changes.count > 0) context.invalidate_analysis();
  return changes;
}

}  // namespace ortopt
