#include <algorithm>
#include <map>
#include <utility>

#include "ortopt/pass/pass.h"
#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

/// The nearest miss for each anchor: the attempt that got deepest with the anchor inside.
class NearestMisses {
 public:
  void add(const pattern::Miss& miss) {
    for (const Node* node : miss.inside) {
      auto& [depth, reason] = nearest_[node];
      if (miss.inside.size() < depth) continue;
      depth = miss.inside.size();
      reason = miss.exhausted ? "the search was given up: " + miss.reason : miss.reason;
    }
  }

  [[nodiscard]] std::string reason_for(const Node& anchor) const {
    const auto found = nearest_.find(&anchor);
    return found == nearest_.end() ? "no pattern reaches it" : found->second.second;
  }

 private:
  std::map<const Node*, std::pair<std::size_t, std::string>> nearest_;
};

}  // namespace

Result<Changes> FusionPass::run(Graph& graph, Context& context) const {
  Changes changes;
  const std::vector<std::string> roots = pattern::root_operators(pattern);
  NearestMisses misses;
  const pattern::Guard check = [&](const pattern::Match& match) -> std::optional<std::string> {
    if (auto refusal = guard ? guard(match, context) : std::nullopt) return refusal;
    if (context.selects(id_, *match.root().producer())) return std::nullopt;
    return "--only or --skip leaves it out";
  };
  for (Node* node : graph.node_list()) {
    if (node->is_removed() || node->output() == nullptr) continue;
    if (!roots.empty() && std::ranges::find(roots, node->op()) == roots.end()) continue;
    pattern::Miss miss;
    const auto match =
        pattern::find(pattern, *node->output(), context.analysis(), check, &miss, anchors);
    if (!match) {
      misses.add(miss);
      continue;
    }
    Rewriter to(id_, *node, context);
    Value& replacement = rewrite(*match, to);
    to.replace(match->root(), replacement);
    to.finish(replacement, match->inside());
    ++changes.count;
  }
  for (const Node& node : graph.nodes()) {
    if (std::ranges::find(anchors, node.op()) == anchors.end()) continue;
    if (is_anchor && !is_anchor(node, context.analysis())) continue;
    context.facts().misses.push_back({id_, node.label(), node.op(), misses.reason_for(node)});
  }
  return changes;
}

}  // namespace ortopt
