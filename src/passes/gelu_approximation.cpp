#include "ortopt/passes/gelu_approximation.h"

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"

namespace ortopt {

using pattern::any;
using pattern::call_in;
using pattern::either;
using pattern::Match;
using pattern::Pattern;

GeluApproximation::GeluApproximation()
    : FusionPass("gelu_approximation", "On request, the erf form of GELU becomes the tanh form") {
  const Pattern x = any("x");
  const Pattern bias = any("bias");
  pattern = either({gelu(x), call_in("com.microsoft", "BiasGelu", {x, bias})});
  guard = [=](const Match& match, const Context& context) -> std::optional<std::string> {
    if (!context.options().gelu_approximation) return "it was not asked for";
    return context.objection("com.microsoft", "FastGelu", match.facts().dtype(match[x]));
  };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    return to.node("com.microsoft", "FastGelu",
                   {&match[x], match.has(bias) ? &match[bias] : nullptr});
  };
}

}  // namespace ortopt
