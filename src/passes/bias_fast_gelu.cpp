#include "ortopt/passes/bias_fast_gelu.h"

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"
#include "passes/bias.h"

namespace ortopt {

using pattern::any;
using pattern::call_in;
using pattern::Match;
using pattern::no_input;
using pattern::Pattern;

BiasFastGelu::BiasFastGelu()
    : FusionPass("bias_fast_gelu", "A bias becomes an input of the FastGelu after it") {
  const Pattern x = any("x");
  const Pattern bias = bias_capture();
  pattern = call_in("com.microsoft", "FastGelu", {x + bias, no_input()});
  anchors = {"FastGelu"};
  is_anchor = [](const Node& node, const Analysis& facts) {
    return node.input(1) == nullptr && reads_sum(node, facts);
  };
  guard = [=](const Match& match, const Context&) { return bias_objection(match, x, bias); };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    return to.node("com.microsoft", "FastGelu", {&match[x], &match[bias]});
  };
}

}  // namespace ortopt
