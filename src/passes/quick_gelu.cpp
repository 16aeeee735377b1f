#include "ortopt/passes/quick_gelu.h"

#include <algorithm>

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"

namespace ortopt {
namespace {

using pattern::any;
using pattern::Match;
using pattern::number;
using pattern::Pattern;
using pattern::sigmoid;

/// A gate: something multiplies what the sigmoid reads with what it returns.
bool is_gate(const Node& sigmoid, const Analysis& /*facts*/) {
  return std::ranges::any_of(sigmoid.output()->uses(), [&](const Use& use) {
    if (!use.node->is("Mul")) return false;
    const Value* other = use.node->input(1 - use.slot);
    const Node* scale = sigmoid.input(0)->producer();
    return other == sigmoid.input(0) ||
           (scale != nullptr && (other == scale->input(0) || other == scale->input(1)));
  });
}

}  // namespace

QuickGelu::QuickGelu()
    : FusionPass("quick_gelu", "A value times the sigmoid of its multiple becomes one node") {
  const Pattern x = any("x");
  const Pattern alpha = number("alpha");
  pattern = x * sigmoid(x * optional_term(alpha));
  anchors = {"Sigmoid"};
  is_anchor = is_gate;
  guard = [=](const Match& match, const Context& context) {
    const auto objection =
        context.objection("com.microsoft", "QuickGelu", match.facts().dtype(match[x]));
    return objection ? objection : pattern::shape_change(match, x);
  };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    const double factor = match.has(alpha) ? match.number(alpha) : 1.0;
    return to.node("com.microsoft", "QuickGelu", {&match[x]},
                   {{"alpha", static_cast<float>(factor)}});
  };
}

}  // namespace ortopt
