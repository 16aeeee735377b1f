#include "ortopt/passes/fast_gelu.h"

#include <cmath>
#include <numbers>

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"
#include "passes/anchors.h"

namespace ortopt {
namespace {

using pattern::any;
using pattern::either;
using pattern::Match;
using pattern::Pattern;

/// √(2/π) · (x + 0.044715·x³), also as √(2/π) · x · (1 + 0.044715·x²) and multiplied out.
Pattern argument(const Pattern& x) {
  const double outer = std::sqrt(2 / std::numbers::pi);
  const double inner = 0.044715;
  return either({outer * (x + inner * cube(x)), outer * x * (1.0 + inner * square(x)),
                 outer * x + outer * inner * cube(x)});
}

}  // namespace

FastGelu::FastGelu() : FusionPass("fast_gelu", "The tanh form of GELU becomes one node") {
  const Pattern x = any("x");
  pattern = x * half_of_one_plus(tanh(argument(x)));
  anchors = {"Tanh"};
  is_anchor = [](const Node& tanh, const Analysis& facts) {
    return joins(tanh, "Add", 1, facts) || joins(tanh, "Mul", 0.5, facts);
  };
  guard = [=](const Match& match, const Context& context) {
    const auto objection =
        context.objection("com.microsoft", "FastGelu", match.facts().dtype(match[x]));
    return objection ? objection : pattern::shape_change(match, x);
  };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    return to.node("com.microsoft", "FastGelu", {&match[x]});
  };
}

}  // namespace ortopt
