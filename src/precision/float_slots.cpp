#include "precision/float_slots.h"

#include <algorithm>

namespace ortopt {
namespace {

/// Inputs that stay float32 although the schema would let them change: a half float is too coarse
/// for what they mean.
struct FullInput {
  std::string_view domain;
  std::string_view op;
  std::size_t slot;
};
constexpr FullInput full_inputs[] = {
    {"", "Resize", 1},  // The region, in fractions of the picture.
    {"", "Resize", 2},  // Scales; a region in opset 10 is not there.
    {"com.microsoft", "GroupNorm", 1},
    {"com.microsoft", "GroupNorm", 2},
    {"com.microsoft", "SkipGroupNorm", 1},
    {"com.microsoft", "SkipGroupNorm", 2},
};

void fix_full_inputs(const Node& node, const PrecisionOptions& options, OperatorTypes& types) {
  const auto forced = options.force_inputs.find(node.op());
  for (const FullInput& full : full_inputs) {
    if (!node.is(full.domain, full.op)) continue;
    if (forced != options.force_inputs.end() && forced->second.contains(full.slot)) continue;
    types.fix_input(full.slot);
  }
}

/// Operators whose result depends on how a number is stored, or whose number is stored in an
/// attribute of another kind.
bool has_type_of_its_own(const Node& node) { return node.is("BitCast") || node.is("Constant"); }

}  // namespace

FloatSlots::FloatSlots(Graph& graph, const Analysis& facts, const PrecisionOptions& options)
    : facts_(facts), options_(options) {
  visit(graph);
}

DataType FloatSlots::type_now(const Value& value) const {
  if (value.initializer() != nullptr) return value.initializer()->dtype();
  if (const auto known = known_.find(&value); known != known_.end()) return known->second;
  const DataType inferred = facts_.dtype(value);
  return inferred != DataType::undefined ? inferred : value.declared_type();
}

bool FloatSlots::input_changes(const Node& node, std::size_t slot) const {
  const auto free = free_.find(&node);
  return free != free_.end() && slot < free->second.inputs.size() && free->second.inputs[slot];
}

bool FloatSlots::takes_any(const Node& node, std::size_t slot) {
  if (slot != 0) return false;
  if (node.is("Cast") || node.is("Shape") || node.is("Size")) return true;
  // They look at the shape alone.
  return (node.is("EyeLike") || node.is("RandomNormalLike") || node.is("RandomUniformLike")) &&
         node.int_attribute("dtype", 0) != 0;
}

bool FloatSlots::output_changes(const Node& node, std::size_t slot) const {
  const auto free = free_.find(&node);
  return free != free_.end() && slot < free->second.outputs.size() && free->second.outputs[slot];
}

void FloatSlots::visit(Graph& graph) {
  for (Node& node : graph.nodes()) visit(node);
}

void FloatSlots::visit(Node& node) {
  nodes_.push_back(&node);
  if (!node.graphs().empty()) return visit_nested(node);
  std::optional<OperatorTypes> types = OperatorTypes::of(node);
  if (!types || has_type_of_its_own(node)) return;
  fix_full_inputs(node, options_, *types);
  const std::vector<bool> is_float = float_variables(node, *types);
  const auto changes = [&](std::optional<OperatorTypes::Variable> variable, const Value* value) {
    return variable && value != nullptr && is_float[*variable];
  };
  Free free;
  for (std::size_t slot = 0; slot < node.inputs().size(); ++slot)
    free.inputs.push_back(!takes_any(node, slot) && changes(types->input(slot), node.input(slot)));
  for (std::size_t slot = 0; slot < node.outputs().size(); ++slot) {
    free.outputs.push_back(changes(types->output(slot), node.output(slot)));
    if (free.outputs.back()) known_[node.output(slot)] = DataType::float32;
  }
  if (std::ranges::count(free.inputs, true) + std::ranges::count(free.outputs, true) > 0)
    free_.emplace(&node, std::move(free));
}

/// If, Loop and Scan compute nothing of their own: what goes in and comes out may be of either type.
void FloatSlots::visit_nested(Node& node) {
  const std::vector<Border> borders = borders_of(node);
  for (const Border& border : borders)
    if (border.input && node.input(*border.input) != nullptr)
      for (const Value* inner : border.inner_inputs)
        known_.try_emplace(inner, type_now(*node.input(*border.input)));
  for (const auto& [name, nested] : node.graphs()) visit(*nested);
  Free free{std::vector<bool>(node.inputs().size()), std::vector<bool>(node.outputs().size())};
  bool any = false;
  for (const Border& border : borders) {
    if (!is_float(node, border)) continue;
    any = true;
    if (border.input) free.inputs[*border.input] = true;
    if (border.output && *border.output < node.outputs().size() &&
        node.output(*border.output) != nullptr) {
      free.outputs[*border.output] = true;
      known_[node.output(*border.output)] = DataType::float32;
    }
    inner_inputs_.insert(border.inner_inputs.begin(), border.inner_inputs.end());
    inner_outputs_.insert(border.inner_outputs.begin(), border.inner_outputs.end());
  }
  if (any) free_.emplace(&node, std::move(free));
}

/// Whether all that meets there is float32.
bool FloatSlots::is_float(const Node& node, const Border& border) const {
  const auto is_float32 = [&](const Value* value) {
    return value != nullptr && type_now(*value) == DataType::float32;
  };
  if (border.input && !is_float32(node.input(*border.input))) return false;
  return std::ranges::all_of(border.inner_inputs, is_float32) &&
         std::ranges::all_of(border.inner_outputs, [&](const auto& output) {
           return is_float32(output.first->outputs()[output.second]);
         });
}

/// Types of the schema that are float32 here and may be the half type.
std::vector<bool> FloatSlots::float_variables(const Node& node, const OperatorTypes& types) const {
  std::vector<bool> is_float(types.variable_count(), false);
  const DataType half = options_.half_type();
  const auto look = [&](std::optional<OperatorTypes::Variable> variable, const Value* value) {
    if (!variable || value == nullptr || !types.takes(*variable, half)) return;
    if (type_now(*value) == DataType::float32) is_float[*variable] = true;
  };
  for (std::size_t slot = 0; slot < node.inputs().size(); ++slot)
    look(types.input(slot), node.input(slot));
  for (std::size_t slot = 0; slot < node.outputs().size(); ++slot)
    look(types.output(slot), node.output(slot));
  return is_float;
}

}  // namespace ortopt
