#include "ortopt/passes/dead_code.h"

#include <algorithm>
#include <ranges>

#include "ortopt/pass/rewriter.h"

namespace ortopt {

Result<Changes> DeadCode::run(Graph& graph, Context& context) const {
  Changes changes;
  for (Node* node : graph.node_list() | std::views::reverse) {
    if (node->is_removed()) continue;
    const bool dead = std::ranges::all_of(node->outputs(), [](const Value* output) {
      return output == nullptr || output->is_dead();
    });
    if (!dead || !context.selects(id(), *node)) continue;
    Node* const gone[] = {node};
    Rewriter rewriter(id(), *node, context);
    rewriter.finish(gone);
    ++changes.count;
  }
  const std::vector<Value*> initializers = graph.initializers();
  for (Value* initializer : initializers) {
    if (!initializer->is_dead()) continue;
    if (context.has_analysis()) context.analysis().forget(*initializer);
    graph.remove_initializer(*initializer);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
