#include "passes/attention/score_axes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ortopt::attention {
namespace {

using Dims = std::vector<LayoutDim>;

const LayoutDim* from_end(const Dims& dims, int axis) {
  const auto back = static_cast<std::size_t>(-axis);
  return back <= dims.size() ? &dims[dims.size() - back] : nullptr;
}

/// Where a dimension went when a view kept it whole: views keep the order of what they move, so it
/// is the one with as many dimensions of size above 1 behind it.
std::optional<int> followed(const Dims& from, const Dims& to, int axis) {
  const LayoutDim* dim = from_end(from, axis);
  if (dim == nullptr || dim->empty()) return std::nullopt;
  const auto is_wide = [](const LayoutDim& other) { return !other.empty(); };
  const auto behind = std::count_if(from.end() + axis + 1, from.end(), is_wide);
  for (int at = -1; at >= -static_cast<int>(to.size()); --at)
    if (*from_end(to, at) == *dim && std::count_if(to.end() + at + 1, to.end(), is_wide) == behind)
      return at;
  return std::nullopt;
}

Recognised<ScoreAxes> through(const Node& view, const Value& from, const Value& to,
                              const ScoreAxes& axes, const Analysis& facts) {
  const Layout* before = facts.layout(from);
  const Layout* after = facts.layout(to);
  if (before == nullptr || after == nullptr)
    return refuse(view.op() + " around softmax has no known layout");
  const auto stays = [&](int axis) {
    const LayoutDim* here = from_end(before->dims, axis);
    const LayoutDim* there = from_end(after->dims, axis);
    return here != nullptr && there != nullptr && *here == *there;
  };
  if (axes.are_last() && stays(-1) && stays(-2)) return axes;
  const auto key = followed(before->dims, after->dims, axes.key);
  const auto query = followed(before->dims, after->dims, axes.query);
  if (!key || !query) return refuse(view.op() + " mixes queries or keys with other axes");
  return ScoreAxes{.key = *key, .query = *query};
}

/// The permutation of a Transpose, spelled out.
std::optional<std::vector<int64_t>> permutation_of(const Node& transpose, const Analysis& facts) {
  const auto rank = facts.rank(*transpose.input(0));
  if (!rank) return std::nullopt;
  auto perm = transpose.ints_attribute("perm");
  if (perm) return perm->size() == *rank ? perm : std::nullopt;
  std::vector<int64_t> reversed(*rank);
  for (std::size_t k = 0; k < *rank; ++k) reversed[k] = static_cast<int64_t>(*rank - 1 - k);
  return reversed;
}

}  // namespace

Recognised<ScoreAxes> axes_above(const Node& view, const ScoreAxes& axes, const Analysis& facts) {
  if (!view.is("Transpose")) return through(view, *view.output(), *view.input(0), axes, facts);
  const auto perm = permutation_of(view, facts);
  if (!perm) return refuse("Transpose without a rank");
  const auto size = static_cast<int>(perm->size());
  const auto above = [&](int axis) {
    return static_cast<int>((*perm)[static_cast<std::size_t>(size + axis)]) - size;
  };
  if (size + std::min(axes.key, axes.query) < 0) return refuse("Transpose does not fit the scores");
  return ScoreAxes{.key = above(axes.key), .query = above(axes.query)};
}

Recognised<ScoreAxes> axes_below(const Node& view, const ScoreAxes& axes, const Analysis& facts) {
  if (!view.is("Transpose")) return through(view, *view.input(0), *view.output(), axes, facts);
  const auto perm = permutation_of(view, facts);
  if (!perm) return refuse("Transpose without a rank");
  const auto size = static_cast<int>(perm->size());
  const auto below = [&](int axis) {
    return static_cast<int>(std::ranges::find(*perm, size + axis) - perm->begin()) - size;
  };
  if (size + std::min(axes.key, axes.query) < 0) return refuse("Transpose does not fit the scores");
  return ScoreAxes{.key = below(axes.key), .query = below(axes.query)};
}

}  // namespace ortopt::attention
