#include "precision/marks.h"
#include "precision/operator_classes.h"

namespace ortopt {
namespace {

/// The readers of an exponential that compute with numbers as large as its own.
bool goes_with_exponential(const Node& reader, const Value& exponential, const Analysis& facts) {
  return reader.is("ReduceSum") ||
         (reader.is("Div") && facts.softmax_numerator(reader) == &exponential);
}

}  // namespace

void Exponentials::run(const MarkScope& scope, Marks& marks) const {
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes()) {
      if (node.is("ReduceLogSumExp"))
        marks.keep(node, id(), "sums exponentials, which overflow beyond 11");
      if (!node.is("Exp") || !is_float32(node.output(), scope.facts)) continue;
      marks.keep(node, id(), "overflows beyond 11");
      for (const Use& use : node.output()->uses())
        if (goes_with_exponential(*use.node, *node.output(), scope.facts))
          marks.keep(*use.node, id(), "is a part of the softmax of '" + node.label() + "'");
    }
  });
}

}  // namespace ortopt
