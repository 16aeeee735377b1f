#include "ortopt/passes/constant_folding.h"

#include <algorithm>
#include <optional>

#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

/// The content of a value that is an integer tensor of known numbers without being computed from
/// constants: a static shape.
std::optional<Tensor> known_numbers(const Value& value, const Analysis& facts) {
  const DataType type = facts.dtype(value);
  const ShapeValue* content = facts.shape_value(value);
  if (content == nullptr || !(is_integer(type) || type == DataType::boolean)) return std::nullopt;
  const auto numbers = facts.ints_of(value);
  if (!numbers) return std::nullopt;
  const std::vector<double> elements(numbers->begin(), numbers->end());
  return Tensor::of(type, content->dims, elements);
}

/// Whether the node's constant inputs can go with it, so that a large result does not make the
/// model larger.
bool frees_its_sources(const Node& node) {
  return std::ranges::all_of(node.inputs(), [&](const Value* input) {
    if (input == nullptr || input->initializer() == nullptr || input->initializer()->is_small())
      return true;
    return !input->is_graph_output() &&
           std::ranges::all_of(input->uses(), [&](const Use& use) { return use.node == &node; });
  });
}

std::optional<Tensor> folded(const Node& node, const Value& output, const Analysis& facts) {
  if (const Tensor* content = facts.constant(output)) {
    if (content->is_small() || frees_its_sources(node)) return *content;
    return std::nullopt;
  }
  return known_numbers(output, facts);
}

/// What is left where a constant is an output of its graph: nothing more to gain.
bool is_folded(const Node& node) {
  return node.is("Identity") && node.input(0) != nullptr &&
         node.input(0)->initializer() != nullptr && node.output()->is_graph_output();
}

}  // namespace

Result<Changes> ConstantFolding::run(Graph& graph, Context& context) const {
  Changes changes;
  for (Node* node : graph.node_list()) {
    if (is_folded(*node) || !context.selects(id(), *node)) continue;
    std::vector<std::pair<Value*, Tensor>> constants;
    for (Value* output : node->outputs()) {
      if (output == nullptr || output->is_dead()) continue;
      if (auto content = folded(*node, *output, context.analysis()))
        constants.emplace_back(output, std::move(*content));
    }
    if (constants.empty()) continue;
    Rewriter rewriter(id(), *node, context);
    for (auto& [output, content] : constants) {
      Value& constant = rewriter.constant(output->name(), content);
      rewriter.replace(*output, constant);
    }
    Node* const gone[] = {node};
    rewriter.finish(gone);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
