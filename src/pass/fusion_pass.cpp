#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "ortopt/pass/pass.h"
#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

/// Why nodes are still there: what the attempts at all roots said.
class Attempts {
 public:
  void add(const Node& root, const pattern::Miss& miss) {
    Reason reason{miss.inside.size(),
                  miss.exhausted ? "the search was given up: " + miss.reason : miss.reason};
    for (const Node* node : miss.inside) keep_deepest(reached_[node], reason);
    keep_deepest(at_root_[&root], reason);
  }

  /// The reason of the attempt that got deepest with `anchor` inside; failing that, of one that was
  /// made a few nodes further down.
  [[nodiscard]] std::string reason_for(const Node& anchor) const {
    if (const auto found = reached_.find(&anchor); found != reached_.end())
      return found->second.text;
    const Reason reason = reason_below(anchor);
    return reason.text.empty() ? "no pattern reaches it" : reason.text;
  }

 private:
  struct Reason {
    std::size_t depth = 0;
    std::string text;
  };

  static void keep_deepest(Reason& kept, const Reason& reason) {
    if (kept.text.empty() || reason.depth >= kept.depth) kept = reason;
  }

  [[nodiscard]] Reason reason_below(const Node& anchor) const {
    constexpr int levels = 4;
    Reason deepest;
    std::vector<const Node*> level = {&anchor};
    for (int k = 0; k < levels; ++k) {
      std::vector<const Node*> next;
      for (const Node* node : level)
        for (const Value* output : node->outputs())
          if (output != nullptr)
            for (const Use& use : output->uses()) next.push_back(use.node);
      for (const Node* node : next)
        if (const auto found = at_root_.find(node); found != at_root_.end())
          keep_deepest(deepest, found->second);
      level = std::move(next);
      if (level.size() > 16) break;
    }
    return deepest;
  }

  std::map<const Node*, Reason> reached_;
  std::map<const Node*, Reason> at_root_;
};

}  // namespace

Result<Changes> FusionPass::run(Graph& graph, Context& context) const {
  Changes changes;
  const std::vector<std::string> roots = pattern::root_operators(pattern);
  Attempts attempts;
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
      attempts.add(*node, miss);
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
    context.facts().misses.push_back({id_, node.label(), node.op(), attempts.reason_for(node)});
  }
  return changes;
}

}  // namespace ortopt
