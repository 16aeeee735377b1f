#include <tuple>

#include "precision/marks.h"

namespace ortopt {
namespace {

/// Max(x, least), Min(Max(x, least), largest) of a value with fills: what the conversion put there.
bool brings_fills_into_range(const Node& node, const std::set<std::string>& fills) {
  if (node.is("Max")) return fills.contains(node.input(0)->name());
  if (!node.is("Min")) return false;
  const Node* before = node.input(0)->producer();
  return before != nullptr && before->is("Max") && brings_fills_into_range(*before, fills);
}

}  // namespace

void Measured::run(const MarkScope& scope, Marks& marks) const {
  const auto& [measured, fills] = std::tie(scope.options.measured, scope.options.fills);
  if (measured.empty() && fills.empty()) return;
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes()) {
      if (const auto need = measured.find(node.label()); need != measured.end())
        marks.keep(node, id(), need->second.reason);
      if (brings_fills_into_range(node, fills))
        marks.keep(node, id(), "brings numbers for 'not this one' into the range");
    }
  });
}

}  // namespace ortopt
