#include "ortopt/passes/layer_norm.h"

#include <optional>
#include <string>

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"
#include "passes/anchors.h"
#include "passes/feature_vector.h"

namespace ortopt {
namespace {

using pattern::any;
using pattern::constant;
using pattern::either;
using pattern::Match;
using pattern::number;
using pattern::Pattern;

/// max(p, 0) or p.
Pattern floored(const Pattern& p) {
  const Pattern nothing = pattern::no_input();
  return either(
      {pattern::call("Max", {p, 0.0, nothing}), pattern::call("Max", {0.0, p, nothing}), p});
}

}  // namespace

LayerNorm::LayerNorm() : FusionPass("layer_norm", "LayerNormalization in pieces becomes one node") {
  const Pattern x = any("x");
  const Pattern gamma = constant("gamma");
  const Pattern beta = constant("beta");
  const Pattern epsilon = number("epsilon");
  const Pattern average = pattern::mean(x);
  const Pattern centred = x - average;
  const Pattern variance = pattern::mean(pattern::square(centred));
  const Pattern spread = floored(variance + epsilon);
  const Pattern norm = centred / pattern::sqrt(spread);
  // Keras multiplies γ into the reciprocal first: x·k + (β − E[x]·k).
  const Pattern gain = pattern::rsqrt(spread) * gamma;
  pattern = either({norm * gamma + beta, x * gain + (beta - average * gain), norm * gamma});
  anchors = {"Sqrt"};
  is_anchor = [](const Node& root, const Analysis&) {
    return mean_under(root) == MeanUnder::squared_deviations;
  };

  guard = [=](const Match& m, const Context& context) -> std::optional<std::string> {
    const Analysis& facts = m.facts();
    if (!(m.number(epsilon) > 0)) return "epsilon is not positive";
    const auto width = facts.dim(m[x], -1);
    if (!width) return "the rank of '" + m[x].name() + "' is unknown";
    if (!as_feature_vector(m[gamma], *width, facts))
      return "gamma '" + m[gamma].name() + "' is no vector over the last dimension";
    if (m.has(beta) && !as_feature_vector(m[beta], *width, facts))
      return "beta '" + m[beta].name() + "' is no vector over the last dimension";
    if (!m.has(beta)) {
      // The longer form, with β, has its root at the reader and matches there.
      for (const Use& use : m.root().uses())
        for (const Value* other : use.node->inputs())
          if (use.node->is("Add") && m.root().uses().size() == 1 && other != &m.root() &&
              as_feature_vector(*other, *width, facts))
            return "a beta is added next";
    }
    return context.target().objection("", "LayerNormalization", facts.dtype(m[x]));
  };

  rewrite = [=](const Match& m, Rewriter& to) -> Value& {
    const Dim width = *m.facts().dim(m[x], -1);
    const auto vector = [&](const Pattern& capture) {
      return &to.constant(m[capture].name(), *as_feature_vector(m[capture], width, m.facts()));
    };
    std::vector<Value*> inputs = {&m[x], vector(gamma)};
    if (m.has(beta)) inputs.push_back(vector(beta));
    return to.node("", "LayerNormalization", inputs,
                   {{"axis", int64_t{-1}}, {"epsilon", static_cast<float>(m.number(epsilon))}});
  };
}

}  // namespace ortopt
