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

bool changes_nothing(const Node& node, const Analysis& facts) {
  if (!node.domain().empty() || node.input(0) == nullptr || node.output() == nullptr) return false;
  const std::string& op = node.op();
  if (op == "Identity") return true;
  if (op == "Cast" || op == "CastLike") return keeps_type(node, facts);
  if (op == "Dropout") return is_inference_dropout(node, facts);
  if (op == "Transpose") return is_in_order(node);
  if (op == "Slice") return keeps_shape(node, facts) && has_unit_steps(node, facts);
  if (op == "Reshape" || op == "Squeeze" || op == "Unsqueeze" || op == "Flatten")
    return keeps_shape(node, facts);
  return false;
}

/// A signature keeps its names: an input or a weight cannot be renamed to an output, nor can one
/// value be two outputs.
bool can_go(const Node& node) {
  const Value& from = *node.input(0);
  if (!node.output()->is_graph_output()) return true;
  return from.producer() != nullptr && !from.is_graph_output() && &from.graph() == &node.graph();
}

}  // namespace

Result<Changes> NoOps::run(Graph& graph, Context& context) const {
  Changes changes;
  for (Node* node : graph.node_list()) {
    if (!changes_nothing(*node, context.analysis()) || !can_go(*node)) continue;
    if (!context.selects(id(), *node)) continue;
    Rewriter rewriter(id(), *node, context);
    rewriter.replace(*node->output(), *node->input(0));
    Node* const gone[] = {node};
    rewriter.finish(gone);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
