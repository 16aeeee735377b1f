#include "ortopt/passes/gelu.h"

#include <numbers>

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"

namespace ortopt {

using pattern::any;
using pattern::Match;
using pattern::Pattern;

Gelu::Gelu() : FusionPass("gelu", "The erf form of GELU becomes one node") {
  const Pattern x = any("x");
  pattern = x * half_of_one_plus(erf(x / std::numbers::sqrt2));
  anchors = {"Erf"};
  guard = [=](const Match& match, const Context& context) {
    const auto objection =
        context.objection("com.microsoft", "Gelu", match.facts().dtype(match[x]));
    return objection ? objection : pattern::shape_change(match, x);
  };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    return to.node("com.microsoft", "Gelu", {&match[x]});
  };
}

}  // namespace ortopt
