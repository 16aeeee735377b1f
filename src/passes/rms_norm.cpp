#include "ortopt/passes/rms_norm.h"

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"
#include "passes/anchors.h"
#include "passes/feature_vector.h"
#include "passes/widening.h"

namespace ortopt {
namespace {

using pattern::any;
using pattern::constant;
using pattern::Match;
using pattern::number;
using pattern::Pattern;

}  // namespace

RmsNorm::RmsNorm() : FusionPass("rms_norm", "RMSNorm in pieces becomes one node") {
  const Pattern x = any("x");
  const Pattern gamma = constant("gamma");
  const Pattern epsilon = number("epsilon");
  const Pattern wide = cast(x);
  const Pattern norm = cast(wide * rsqrt(mean(square(wide)) + epsilon));
  const Pattern shared = pattern::escapes(norm);
  pattern = pattern::either({gamma * shared, norm});
  anchors = {"Sqrt"};
  is_anchor = [](const Node& root, const Analysis&) {
    return mean_under(root) == MeanUnder::squares;
  };
  guard = [=](const Match& match, const Context& context) -> std::optional<std::string> {
    const Analysis& facts = match.facts();
    if (!(match.number(epsilon) > 0)) return "epsilon is not positive";
    if (auto objection = object_to_gamma(match, x, gamma, shared)) return objection;
    const DataType type = facts.dtype(match[x]);
    if (facts.dtype(match.root()) != type ||
        (match.has(gamma) && facts.dtype(match[gamma]) != type))
      return "its result has another type than its input";
    if (!casts_widen_only(match, type)) return "a cast in between loses digits";
    if (auto objection = context.objection("", "SimplifiedLayerNormalization", type))
      return objection;
    return pattern::shape_change(match, x);
  };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    return to.node("", "SimplifiedLayerNormalization", {&match[x], &scale_of(match, x, gamma, to)},
                   {{"axis", int64_t{-1}},
                    {"epsilon", static_cast<float>(match.number(epsilon))},
                    {"stash_type", int64_t{1}}});
  };
}

}  // namespace ortopt
