#include "precision/marks.h"

namespace ortopt {

void Quantization::run(const MarkScope& scope, Marks& marks) const {
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes())
      if (node.op() == "QuantizeLinear" || node.op() == "DequantizeLinear")
        marks.keep(node, id(), "its scale is a small number that needs all its bits");
  });
}

}  // namespace ortopt
