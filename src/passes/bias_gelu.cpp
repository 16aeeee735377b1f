#include "ortopt/passes/bias_gelu.h"

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"
#include "passes/bias.h"

namespace ortopt {

using pattern::any;
using pattern::Match;
using pattern::Pattern;

BiasGelu::BiasGelu() : FusionPass("bias_gelu", "A bias and the GELU after it become one node") {
  const Pattern x = any("x");
  const Pattern bias = bias_capture();
  pattern = gelu(x + bias);
  anchors = {"Gelu"};
  is_anchor = reads_sum;
  guard = [=](const Match& match, const Context& context) {
    const auto objection =
        context.objection("com.microsoft", "BiasGelu", match.facts().dtype(match[x]));
    return objection ? objection : bias_objection(match, x, bias);
  };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    return to.node("com.microsoft", "BiasGelu", {&match[x], &match[bias]});
  };
}

}  // namespace ortopt
