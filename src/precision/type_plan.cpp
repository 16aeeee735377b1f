#include "precision/type_plan.h"

#include <algorithm>

namespace ortopt {

TypePlan::TypePlan(const Graph& graph, const FloatSlots& slots, const Marks& kept,
                   const PrecisionOptions& options)
    : graph_(graph), slots_(slots), kept_(kept), options_(options) {}

bool TypePlan::is_half(const Node& node) const {
  return slots_.can_change(node) && kept_.find(node) == nullptr;
}

DataType TypePlan::type_of(const Value& value) const {
  if (value.is_graph_input() && &value.graph() == &graph_) return interface_type(value);
  if (slots_.inner_input_changes(value) && is_half(*value.graph().owner()))
    return options_.half_type();
  const Node* producer = value.producer();
  if (producer != nullptr && is_half(*producer) &&
      slots_.output_changes(*producer, value.output_index()))
    return options_.half_type();
  return slots_.type_now(value);
}

DataType TypePlan::wanted_by(const Node& node, std::size_t slot) const {
  if (is_half(node) && slots_.input_changes(node, slot)) return options_.half_type();
  // A reader of any type takes what there is.
  return slots_.takes_any(node, slot) ? type_of(*node.input(slot))
                                      : slots_.type_now(*node.input(slot));
}

DataType TypePlan::wanted_by_output(const Graph& graph, std::size_t index) const {
  const Value& output = *graph.outputs()[index];
  if (&graph == &graph_) return interface_type(output);
  if (slots_.inner_output_changes(graph, index) && is_half(*graph.owner()))
    return options_.half_type();
  return slots_.type_now(output);
}

/// The type of an input or output of the model.
DataType TypePlan::interface_type(const Value& value) const {
  const DataType now = slots_.type_now(value);
  // One value under both names cannot have two types.
  if (value.is_graph_input() && value.is_graph_output()) return now;
  if (const auto asked = options_.io_types.find(value.name()); asked != options_.io_types.end())
    return asked->second;
  if (now != DataType::float32 || options_.keep_io_types || options_.kept_io.contains(value.name()))
    return now;
  return options_.half_type();
}

}  // namespace ortopt
