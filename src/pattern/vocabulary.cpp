#include "ortopt/pattern/vocabulary.h"

#include <algorithm>
#include <cmath>

#include "ortopt/ir/model.h"

namespace ortopt::pattern {
namespace {

/// Whether `axis` of `value` is its last.
bool is_last(int64_t axis, const Value& value, const Analysis& facts) {
  const auto rank = facts.rank(value);
  return axis == -1 || (rank && *rank > 0 && axis == static_cast<int64_t>(*rank) - 1);
}

/// Whether a reduction goes over the last axis only and keeps it. The axes are an attribute or,
/// since some opset, an input.
bool reduces_last_axis(const Node& node, const Match& match) {
  const Analysis& facts = match.facts();
  if (node.int_attribute("keepdims", 1) != 1 || node.output(0) == nullptr) return false;
  if (node.int_attribute("noop_with_empty_axes", 0) != 0 && node.input(1) == nullptr) return false;
  auto axes = node.ints_attribute("axes");
  if (!axes && node.input(1) != nullptr) axes = facts.ints_of(*node.input(1));
  // No axes means all axes, which is the last one when there is no other.
  if (!axes || axes->empty()) return facts.rank(*node.input(0)) == std::size_t{1};
  return axes->size() == 1 && is_last(axes->front(), *node.input(0), facts);
}

/// [B, C, L] → [B, C, 1]: with another rank it averages other axes, or more.
bool has_rank_3(const Node& node, const Match& match) {
  return match.facts().rank(*node.input(0)) == std::size_t{3};
}

Pattern last_sum(const Pattern& p) {
  return with(call("ReduceSum", {p}), reduces_last_axis,
              "it does not sum over the last axis alone");
}

/// The sum over the last axis divided by its size, or multiplied by one over it.
Pattern mean_by_sum(const Pattern& p) {
  const Pattern size = number("size");
  const Pattern share = number("one over the size");
  return where(
      either({last_sum(p) / size, last_sum(p) * share}),
      [=](const Value&, const Match& match) {
        const auto length = match.facts().dim(match[p], -1);
        const auto known = length ? length->constant() : std::nullopt;
        constexpr double tolerance = 1e-3;
        if (!known) return false;
        const double product = match.has(size) ? static_cast<double>(*known) / match.number(size)
                                               : static_cast<double>(*known) * match.number(share);
        return std::abs(product - 1) < tolerance;
      },
      "its number is not the size of the last axis");
}

/// Whether all constants that the nodes inside read are of rank 0.
bool has_scalar_constants_only(const Match& match) {
  return std::ranges::all_of(match.inside(), [&](const Node* node) {
    return std::ranges::all_of(node->inputs(), [&](const Value* input) {
      return input == nullptr || !match.facts().is_constant(*input) ||
             match.facts().rank(*input) == std::size_t{0};
    });
  });
}

int64_t default_softmax_axis(const Node& node) {
  constexpr Opset last_axis_by_default{13};
  const auto opset = node.graph().model().opset();
  return opset && *opset < last_axis_by_default ? 1 : -1;
}

}  // namespace

Pattern square(const Pattern& p) { return either({call("Pow", {p, 2.0}), p * p}); }
Pattern cube(const Pattern& p) { return either({call("Pow", {p, 3.0}), p * p * p, p * square(p)}); }
Pattern sqrt(const Pattern& p) { return either({call("Sqrt", {p}), call("Pow", {p, 0.5})}); }
Pattern rsqrt(const Pattern& p) {
  return either({1.0 / sqrt(p), call("Pow", {p, -0.5}), call("Sqrt", {1.0 / p})});
}
Pattern half_of_one_plus(const Pattern& p) { return either({0.5 * (1.0 + p), 0.5 + 0.5 * p}); }
Pattern erf(const Pattern& p) { return call("Erf", {p}); }
Pattern tanh(const Pattern& p) { return call("Tanh", {p}); }
Pattern sigmoid(const Pattern& p) {
  return either({call("Sigmoid", {p}), 1.0 / (1.0 + call("Exp", {-p}))});
}

Pattern gelu(const Pattern& p) {
  return either({call_in("com.microsoft", "Gelu", {p}),
                 with(
                     call("Gelu", {p}),
                     [](const Node& node, const Match&) {
                       return node.string_attribute("approximate").value_or("none") == "none";
                     },
                     "it approximates by tanh")});
}

Pattern mean(const Pattern& p) {
  return either({with(call("ReduceMean", {p}), reduces_last_axis,
                      "it does not average over the last axis alone"),
                 with(call("GlobalAveragePool", {p}), has_rank_3,
                      "it averages the last axis alone at rank 3 only"),
                 mean_by_sum(p)});
}
Pattern centred(const Pattern& p) { return p - mean(p); }
Pattern variance(const Pattern& p) { return mean(square(centred(p))); }

Pattern softmax(const Pattern& p) {
  return with(
      call("Softmax", {p}),
      [](const Node& node, const Match& match) {
        return is_last(node.int_attribute("axis", default_softmax_axis(node)), *node.input(0),
                       match.facts());
      },
      "its axis is not the last");
}

Pattern matmul(const Pattern& a, const Pattern& b) { return call("MatMul", {a, b}); }

Pattern cast(const Pattern& p) {
  return either({with(
                     call("Cast", {p}),
                     [](const Node& node, const Match& match) {
                       return is_floating(match.facts().dtype(*node.input(0))) &&
                              is_floating(match.facts().dtype(*node.output(0)));
                     },
                     "it does not convert between floating types"),
                 p});
}

Pattern vector(std::string name) {
  return where(
      constant(std::move(name)),
      [](const Value& value, const Match& match) {
        return match.facts().rank(value) == std::size_t{1};
      },
      "it is not of rank 1");
}

std::optional<std::string> shape_change(const Match& match, const Pattern& x) {
  const auto before = match.facts().shape(match[x]);
  const auto after = match.facts().shape(match.root());
  if (before && after && *before == *after) return std::nullopt;
  if (has_scalar_constants_only(match)) return std::nullopt;
  return "a constant may broadcast '" + match[x].name() + "' to another shape";
}

}  // namespace ortopt::pattern
