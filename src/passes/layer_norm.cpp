#include "ortopt/passes/layer_norm.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"
#include "passes/anchors.h"
#include "passes/feature_vector.h"
#include "passes/widening.h"

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

/// Whether a norm by root mean square is one over the last axis that gives out nothing else.
bool is_last_norm(const Node& norm, const Match& match) {
  const int64_t axis = norm.int_attribute("axis", -1);
  const auto rank = match.facts().rank(*norm.input(0));
  const bool is_last = axis == -1 || (rank && axis == static_cast<int64_t>(*rank) - 1);
  return is_last && std::ranges::all_of(norm.outputs().subspan(1), [](const Value* output) {
           return output == nullptr || output->is_dead();
         });
}

/// Why `beta` cannot be the shift of the norm, or is not all there is of it.
std::optional<std::string> object_to_beta(const Match& m, const Pattern& x, const Pattern& gamma,
                                          const Pattern& beta) {
  const Analysis& facts = m.facts();
  const Dim width = *facts.dim(m[x], -1);
  if (m.has(beta) && !as_feature_vector(m[beta], width, facts))
    return "beta '" + m[beta].name() + "' is no vector over the last dimension";
  // The longer form has its root at the reader and matches there.
  if (!m.has(beta) && m.has(gamma) && joins_vector(m.root(), "Add", width, facts))
    return "a beta is added next";
  return std::nullopt;
}

}  // namespace

LayerNorm::LayerNorm() : FusionPass("layer_norm", "LayerNormalization in pieces becomes one node") {
  const Pattern x = any("x");
  const Pattern gamma = constant("gamma");
  const Pattern beta = constant("beta");
  const Pattern epsilon = number("epsilon");
  const Pattern wide = cast(x);
  const Pattern average = pattern::mean(wide);
  const Pattern centred = cast(wide - average);
  const Pattern variance = pattern::mean(pattern::square(centred));
  const Pattern spread = floored(variance + epsilon);
  const Pattern norm = cast(centred / pattern::sqrt(spread));
  // GPT-NeoX has two norms of one value, which differ in their vectors alone.
  const Pattern shared = pattern::escapes(norm);
  // Keras multiplies γ into the reciprocal first: x·k + (β − E[x]·k); Keras 3 has (−E[x])·k.
  const Pattern gain = pattern::rsqrt(spread) * gamma;
  const Pattern shift =
      either({beta - cast(average * gain), beta + cast(pattern::call("Neg", {average}) * gain)});
  // The runtime's optimiser sees no more than the root mean square of what is centred.
  const Pattern simplified =
      pattern::with(either({pattern::call("SimplifiedLayerNormalization", {centred, gamma}),
                            pattern::call("RMSNormalization", {centred, gamma})}),
                    is_last_norm, "it is no norm over the last axis alone");
  pattern = either({shared * gamma + beta, cast(wide * gain) + shift, shared * gamma, norm,
                    simplified + beta, simplified});
  const auto epsilon_of = [=](const Match& m) {
    constexpr float usual = 1e-5F;
    return m.has(simplified) ? m[simplified].producer()->float_attribute("epsilon", usual)
                             : m.number(epsilon);
  };
  anchors = {"Sqrt"};
  is_anchor = [](const Node& root, const Analysis&) {
    return mean_under(root) == MeanUnder::squared_deviations;
  };

  guard = [=](const Match& m, const Context& context) -> std::optional<std::string> {
    if (!(epsilon_of(m) > 0)) return "epsilon is not positive";
    if (auto objection = object_to_gamma(m, x, gamma, shared)) return objection;
    if (auto objection = object_to_beta(m, x, gamma, beta)) return objection;
    const DataType type = m.facts().dtype(m[x]);
    if (m.facts().dtype(m.root()) != type) return "its result has another type than its input";
    if (!casts_widen_only(m, type)) return "a cast in between loses digits";
    if (auto objection = context.objection("", "LayerNormalization", type)) return objection;
    return pattern::shape_change(m, x);
  };

  rewrite = [=](const Match& m, Rewriter& to) -> Value& {
    const Analysis& facts = m.facts();
    std::vector<Value*> inputs = {&m[x], &scale_of(m, x, gamma, to)};
    if (m.has(beta))
      inputs.push_back(&vector_of(m[beta], *facts.dim(m[x], -1), facts.dtype(m[x]), facts, to));
    return to.node("", "LayerNormalization", inputs,
                   {{"axis", int64_t{-1}}, {"epsilon", static_cast<float>(epsilon_of(m))}});
  };
}

}  // namespace ortopt
