#include "ortopt/precision/gauges.h"

#include <set>
#include <utility>

#include "precision/gauge_builder.h"
#include "precision/half_plan.h"
#include "precision/inner_gauges.h"
#include "precision/mask_fills.h"
#include "precision/operator_classes.h"

namespace ortopt {
namespace {

/// Adds the gauges of one graph after the other; in nested ones nodes are only listed.
class Gauging {
 public:
  Gauging(Graph& graph, const HalfPlan& plan, const Analysis& facts)
      : graph_(graph), slots_(plan.slots), plan_(plan.types), builder_(graph, facts) {}

  void add(const Node& node) {
    GaugedNode gauged{.node = node.label(), .op = node.qualified_op(), .is_move = is_move(node)};
    const bool is_inside = &node.graph() != &graph_;
    for (std::size_t slot = 0; slot < node.inputs().size(); ++slot)
      if (slots_.input_changes(node, slot)) add_input(*node.input(slot), is_inside, gauged);
    for (std::size_t slot = 0; slot < node.outputs().size(); ++slot)
      if (slots_.output_changes(node, slot)) add_output(*node.output(slot), is_inside, gauged);
    if (!is_inside)
      for (Gauge& gauge : add_inner_gauges(node, builder_))
        gauged.gauges.push_back(std::move(gauge));
    made_.nodes.push_back(std::move(gauged));
  }

  [[nodiscard]] Gauges take() { return std::move(made_); }

 private:
  void add_input(Value& value, bool is_inside, GaugedNode& gauged) {
    if (value.initializer() == nullptr) gauged.inputs.push_back(value.name());
    if (is_inside) return;
    const char* kind = value.initializer() == nullptr ? "its input" : "its constant";
    gauged.gauges.push_back({kind, builder_.largest(value)});
    const bool is_cast =
        value.initializer() == nullptr && plan_.type_of(value) != plan_.half_type();
    if (is_cast && casts_.insert(&value).second)
      made_.casts.push_back({value.name(), builder_.extreme(value)});
  }

  void add_output(Value& value, bool is_inside, GaugedNode& gauged) {
    gauged.outputs.push_back(value.name());
    if (is_inside) return;
    gauged.gauges.push_back({"its output", builder_.largest(value)});
    made_.values.push_back({value.name(), builder_.count(value)});
  }

  Graph& graph_;
  const FloatSlots& slots_;
  const TypePlan& plan_;
  std::set<const Value*> casts_;
  GaugeBuilder builder_;
  Gauges made_;
};

}  // namespace

Gauges add_gauges(Graph& graph, const PrecisionOptions& options, Context& context) {
  const HalfPlan plan(graph, options, context);
  tame_mask_fills(graph, plan.slots, plan.types, options.half_range().max_finite, context);
  Gauging gauging(graph, plan, context.analysis());
  for (const Node* node : plan.slots.nodes())
    if (plan.types.is_half(*node)) gauging.add(*node);
  context.invalidate_analysis();
  return gauging.take();
}

}  // namespace ortopt
