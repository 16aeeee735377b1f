#include "ortopt/passes/skip_layer_norm.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"

namespace ortopt {
namespace {

using pattern::any;
using pattern::constant;
using pattern::either;
using pattern::Match;
using pattern::Pattern;

/// Whether the kernel adds `skip` to `x` as Add does: equal shapes, or x [B, S, H] and skip [1, S,
/// H] or [S, H].
bool kernel_adds(const std::vector<Dim>& x, const std::vector<Dim>& skip) {
  if (x == skip) return true;
  if (x.size() != 3 || skip.size() < 2 || skip.size() > 3) return false;
  return skip.back() == x[2] && skip[skip.size() - 2] == x[1] &&
         (skip.size() == 2 || skip[0].is(1));
}

/// The operands in the order that the kernel takes; nothing with a reason when it takes neither.
tl::expected<std::pair<Value*, Value*>, std::string> ordered(Value& a, Value& b,
                                                             const Analysis& facts) {
  const auto left = facts.shape(a);
  const auto right = facts.shape(b);
  if (!left || !right)
    return tl::unexpected("the rank of '" + (left ? b : a).name() + "' is unknown");
  if (left->size() < 2 || left->size() > 3)
    return tl::unexpected("the kernel takes rank 2 or 3, not " + std::to_string(left->size()));
  if (kernel_adds(*left, *right)) return std::pair(&a, &b);
  if (kernel_adds(*right, *left)) return std::pair(&b, &a);
  return tl::unexpected("'" + a.name() + "' and '" + b.name() +
                        "' have different shapes and the kernel does not broadcast them");
}

/// Whether `value` is [H], the only form in which the kernel takes γ, β and the bias.
bool is_vector_of(const Value& value, const Dim& width, const Analysis& facts) {
  const auto shape = facts.shape(value);
  return shape && shape->size() == 1 && shape->front() == width;
}

/// Whether anyone reads more of `norm` than its first output. Exported functions name all three.
bool is_more_than_the_norm_read(const Node& norm) {
  const auto others = norm.outputs().subspan(1);
  return std::ranges::any_of(
      others, [](const Value* value) { return value != nullptr && !value->is_dead(); });
}

/// The operator for a residual and this norm; without β and without the mean for RMSNorm.
std::string fused_operator(const Node& norm) {
  return norm.is("LayerNormalization") ? "SkipLayerNormalization"
                                       : "SkipSimplifiedLayerNormalization";
}

bool is_over_last_axis(const Node& norm, const Analysis& facts) {
  const int64_t axis = norm.int_attribute("axis", -1);
  const auto rank = facts.rank(*norm.input(0));
  return axis == -1 || (rank && axis == static_cast<int64_t>(*rank) - 1);
}

}  // namespace

SkipLayerNorm::SkipLayerNorm()
    : FusionPass("skip_layer_norm", "Residual addition and the norm after it become one node") {
  const Pattern x = any("x");
  const Pattern skip = any("skip");
  const Pattern bias = constant("bias");
  const Pattern gamma = any("gamma");
  const Pattern beta = any("beta");
  const Pattern with_bias = pattern::escapes(x + bias + skip);
  const Pattern without_bias = pattern::escapes(x + skip);
  const auto norm = [&](const Pattern& sum) {
    return either({pattern::call("LayerNormalization", {sum, gamma, beta}),
                   pattern::call("LayerNormalization", {sum, gamma, pattern::no_input()}),
                   pattern::call("SimplifiedLayerNormalization", {sum, gamma}),
                   pattern::call("RMSNormalization", {sum, gamma})});
  };
  pattern = either({norm(with_bias), norm(without_bias)});
  anchors = {"LayerNormalization", "SimplifiedLayerNormalization", "RMSNormalization"};

  guard = [=](const Match& m, const Context& context) -> std::optional<std::string> {
    const Analysis& facts = m.facts();
    const Node& norm_node = *m.root().producer();
    if (m.root().output_index() != 0 || is_more_than_the_norm_read(norm_node))
      return "the mean or deviation of the norm is read";
    if (!is_over_last_axis(norm_node, facts)) return "the norm is not over the last axis alone";
    if (facts.is_constant(m[x]) || facts.is_constant(m[skip]))
      return "a constant is added, not a residual";
    if (m.has(bias) && !context.options().bias_in_skip_layer_norm) return "a bias is not wanted";
    const auto width = facts.dim(m[x], -1);
    for (const Pattern& vector : {bias, gamma, beta})
      if (m.has(vector) && !(width && is_vector_of(m[vector], *width, facts)))
        return "'" + m[vector].name() + "' is no vector over the last dimension";
    if (const auto order = ordered(m[x], m[skip], facts); !order) return order.error();
    const std::string made = fused_operator(norm_node);
    if (!context.target().pays("com.microsoft", made)) return "costs time on this target";
    return context.objection("com.microsoft", made, facts.dtype(m[x]));
  };

  rewrite = [=](const Match& m, Rewriter& to) -> Value& {
    const auto [first, second] = *ordered(m[x], m[skip], m.facts());
    Value& sum = *m.root().producer()->input(0);
    const bool sum_is_read = sum.uses().size() > 1 || sum.is_graph_output();
    std::vector<Value*> inputs = {first, second, &m[gamma]};
    if (m.root().producer()->is("LayerNormalization"))
      inputs.push_back(m.has(beta) ? &m[beta] : nullptr);
    inputs.push_back(m.has(bias) ? &m[bias] : nullptr);
    const std::string name = m.root().name();
    Node& node = to.node(NodeSpec{
        .domain = "com.microsoft",
        .op = fused_operator(*m.root().producer()),
        .inputs = std::move(inputs),
        .outputs = sum_is_read ? std::vector<std::string>{name, "", "", sum.name()}
                               : std::vector<std::string>{name},
        .attributes = {{"epsilon", m.root().producer()->float_attribute("epsilon", 1e-5F)}}});
    if (sum_is_read) to.replace(sum, *node.output(3));
    return *node.output();
  };
}

}  // namespace ortopt
