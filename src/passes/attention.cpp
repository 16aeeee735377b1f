#include "ortopt/passes/attention.h"

#include <algorithm>
#include <set>
#include <string>

#include "ortopt/passes/attention/lower.h"
#include "ortopt/passes/attention/recognise.h"

namespace ortopt {
namespace {

/// `where` is told of the first attention that gives cause: a model has dozens.
void warn_once(Context& context, const std::string& warning, const std::string& where) {
  auto& warnings = context.facts().warnings;
  if (std::ranges::none_of(
          warnings, [&](const std::string& earlier) { return earlier.starts_with(warning); }))
    warnings.push_back(warning + where);
}

/// The graph wins; what it says is the evidence.
void compare_with_hints(const attention::Sdpa& sdpa, Context& context) {
  const Hints& hints = context.options().hints;
  const std::string where = " (softmax '" + sdpa.anchor->label() + "')";
  if (hints.num_heads != 0 && hints.num_heads != sdpa.heads)
    warn_once(context,
              "num_heads is stated as " + std::to_string(hints.num_heads) + ", the graph has " +
                  std::to_string(sdpa.heads) + " heads of " + std::to_string(sdpa.head_size),
              where);
  const auto width = context.analysis().dim(*sdpa.query.source, -1);
  if (hints.hidden_size != 0 && width && width->constant() && *width != Dim(hints.hidden_size))
    warn_once(context,
              "hidden_size is stated as " + std::to_string(hints.hidden_size) +
                  ", attention reads " + width->text() + " features",
              where);
}

}  // namespace

Result<Changes> Attention::run(Graph& graph, Context& context) const {
  Changes changes;
  attention::Recogniser recogniser(context.analysis());
  attention::Lowering lowering(id(), context);
  for (Node* node : graph.node_list()) {
    if (node->is_removed() || !recogniser.is_anchor(*node) || !context.selects(id(), *node))
      continue;
    const auto miss = [&](const std::string& reason) {
      context.facts().misses.push_back({std::string(id()), node->label(), node->op(), reason});
    };
    const auto sdpa = recogniser.recognise(*node);
    if (!sdpa) {
      miss(sdpa.error().reason);
      continue;
    }
    compare_with_hints(*sdpa, context);
    if (const auto made = lowering.lower(*sdpa))
      ++changes.count;
    else
      miss(made.error().reason);
  }
  return changes;
}

}  // namespace ortopt
