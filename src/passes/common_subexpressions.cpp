#include "ortopt/passes/common_subexpressions.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

bool is_repeatable(const Node& node) {
  constexpr std::array<std::string_view, 7> random = {
      "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
      "Multinomial",  "Bernoulli",        "Dropout"};
  return node.graphs().empty() && std::ranges::find(random, node.op()) == random.end();
}

std::string key_of(const Node& node) {
  std::string key = node.domain() + "::" + node.op() + "(";
  for (const Value* input : node.inputs())
    key += input == nullptr ? "," : std::to_string(reinterpret_cast<std::uintptr_t>(input)) + ",";
  key += ")" + std::to_string(node.outputs().size());
  for (const Value* output : node.outputs()) key += output == nullptr ? '-' : '+';
  return key + node.attribute_key();
}

bool has_graph_output(const Node& node) {
  return std::ranges::any_of(node.outputs(), [](const Value* output) {
    return output != nullptr && output->is_graph_output();
  });
}

}  // namespace

Result<Changes> CommonSubexpressions::run(Graph& graph, Context& context) const {
  Changes changes;
  std::unordered_map<std::string, Node*> first;
  for (Node* node : graph.node_list()) {
    if (!is_repeatable(*node)) continue;
    const auto [slot, fresh] = first.try_emplace(key_of(*node), node);
    if (fresh || has_graph_output(*node) || !context.selects(id(), *node)) continue;
    Rewriter rewriter(id(), *node, context);
    for (std::size_t k = 0; k < node->outputs().size(); ++k)
      if (node->output(k) != nullptr) rewriter.replace(*node->output(k), *slot->second->output(k));
    Node* const gone[] = {node};
    rewriter.finish(gone);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
