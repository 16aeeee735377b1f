#include "precision/marks.h"
#include "precision/operator_classes.h"

namespace ortopt {

void Logarithms::run(const MarkScope& scope, Marks& marks) const {
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes()) {
      const bool is_logarithm = node.is("Log") || node.is("ReduceLogSum");
      if (!is_logarithm || !is_float32(node.input(0), scope.facts)) continue;
      marks.keep(node, id(), "is -infinity where its argument has become 0");
      const Node* argument = node.input(0)->producer();
      if (argument != nullptr && (argument->is("Softmax") || argument->is("Sigmoid")))
        marks.keep(*argument, id(), "its logarithm is taken by '" + node.label() + "'");
    }
  });
}

}  // namespace ortopt
