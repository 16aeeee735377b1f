#include "ortopt/passes/no_ops.h"

#include <algorithm>
#include <numeric>

#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

bool keeps_shape(const Node& node, const Analysis& facts) {
  const auto before = facts.shape(*node.input(0));
  return before && before == facts.shape(*node.output());
}

bool has_unit_steps(const Node& node, const Analysis& facts) {
  if (node.input(4) == nullptr) return true;
  const auto steps = facts.ints_of(*node.input(4));
  return steps && std::ranges::all_of(*steps, [](int64_t step) { return step == 1; });
}

bool is_in_order(const Node& node) {
  const auto perm = node.ints_attribute("perm");
  if (!perm) return false;
  std::vector<int64_t> order(perm->size());
  std::iota(order.begin(), order.end(), 0);
  return *perm == order;
}

bool is_inference_dropout(const Node& node, const Analysis& facts) {
  if (node.output(1) != nullptr && !node.output(1)->is_dead()) return false;
  if (node.input(2) == nullptr) return true;
  return facts.scalar(*node.input(2)) == 0.0;
}

bool keeps_type(const Node& node, const Analysis& facts) {
  const DataType from = facts.dtype(*node.input(0));
  const DataType to = node.is("Cast") ? static_cast<DataType>(node.int_attribute("to", 0))
                                      : (node.input(1) == nullptr ? DataType::undefined
                                                                  : facts.dtype(*node.input(1)));
  return from != DataType::undefined && from == to;
}

bool is_empty(const Value& value, int64_t axis, const Analysis& facts) {
  const auto size = facts.dim(value, axis);
  return size && size->is(0);
}

/// The one input that is more than empty along the axis.
Value* only_part_of(const Node& concat, const Analysis& facts) {
  const int64_t axis = concat.int_attribute("axis", 0);
  Value* only = nullptr;
  for (Value* part : concat.inputs()) {
    if (part == nullptr || is_empty(*part, axis, facts)) continue;
    if (only != nullptr) return nullptr;
    only = part;
  }
  return only;
}

/// The operand beside a neutral number: x + 0, x − 0, x · 1, x ÷ 1.
Value* operand_beside_neutral(const Node& node, const Analysis& facts) {
  const double neutral = node.is("Add") || node.is("Sub") ? 0 : 1;
  const bool commutes = node.is("Add") || node.is("Mul");
  for (const std::size_t slot : {1U, 0U}) {
    if (slot == 0 && !commutes) continue;
    Value* operand = node.input(1 - slot);
    if (node.input(slot) == nullptr || facts.scalar(*node.input(slot)) != neutral) continue;
    const auto shape = facts.shape(*operand);
    if (shape && shape == facts.shape(*node.output())) return operand;
  }
  return nullptr;
}

bool changes_nothing(const Node& node, const Analysis& facts) {
  const std::string& op = node.op();
  if (op == "Identity") return true;
  if (op == "Cast" || op == "CastLike") return keeps_type(node, facts);
  if (op == "Dropout") return is_inference_dropout(node, facts);
  if (op == "Transpose") return is_in_order(node);
  if (op == "Slice") return keeps_shape(node, facts) && has_unit_steps(node, facts);
  if (op == "Reshape" || op == "Squeeze" || op == "Unsqueeze" || op == "Flatten" ||
      op == "Expand" || op == "Tile")
    return keeps_shape(node, facts);
  if (op == "Sum" || op == "Max" || op == "Min" || op == "Mean") return node.inputs().size() == 1;
  return false;
}

/// The input that the node returns unchanged, or null.
Value* returned_input(const Node& node, const Analysis& facts) {
  if (!node.domain().empty() || node.input(0) == nullptr || node.output() == nullptr)
    return nullptr;
  if (node.is("Concat")) return only_part_of(node, facts);
  if (node.is("Add") || node.is("Sub") || node.is("Mul") || node.is("Div"))
    return operand_beside_neutral(node, facts);
  return changes_nothing(node, facts) ? node.input(0) : nullptr;
}

/// A signature keeps its names: an input or a weight cannot be renamed to an output, nor can one
/// value be two outputs.
bool can_go(const Node& node, const Value& from) {
  if (!node.output()->is_graph_output()) return true;
  return from.producer() != nullptr && !from.is_graph_output() && &from.graph() == &node.graph();
}

}  // namespace

Result<Changes> NoOps::run(Graph& graph, Context& context) const {
  Changes changes;
  for (Node* node : graph.node_list()) {
    Value* from = returned_input(*node, context.analysis());
    if (from == nullptr || !can_go(*node, *from) || !context.selects(id(), *node)) continue;
    Rewriter rewriter(id(), *node, context);
    rewriter.replace(*node->output(), *from);
    Node* const gone[] = {node};
    rewriter.finish(gone);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
