#include "precision/backwards.h"
#include "precision/marks.h"
#include "precision/operator_classes.h"

namespace ortopt {
namespace {

bool gives_integers_or_text(const Node& node) {
  if (!node.is("Cast")) return false;
  const auto type = static_cast<DataType>(node.int_attribute("to", 0));
  return is_integer(type) || type == DataType::string;
}

}  // namespace

void Indices::run(const MarkScope& scope, Marks& marks) const {
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes())
      if (gives_integers_or_text(node) && is_float32(node.input(0), scope.facts))
        keep_arithmetic_before(*node.input(0), scope.facts, id(),
                               "becomes an integer or a text in '" + node.label() + "'", marks);
  });
}

}  // namespace ortopt
