#include "precision/backwards.h"
#include "precision/marks.h"
#include "precision/operator_classes.h"

namespace ortopt {

void Angles::run(const MarkScope& scope, Marks& marks) const {
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes()) {
      if (!node.is("Sin") && !node.is("Cos") && !node.is("Tan")) continue;
      if (!is_float32(node.input(0), scope.facts)) continue;
      marks.keep(node, id(), "large angles are too coarse in half precision");
      keep_arithmetic_before(*node.input(0), scope.facts, id(),
                             "is an angle of '" + node.label() + "'", marks);
    }
  });
}

}  // namespace ortopt
