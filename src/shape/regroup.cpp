#include "shape/regroup.h"

#include <algorithm>
#include <deque>

namespace ortopt::shape {
namespace {

using Pool = std::deque<Factor>;

/// Takes factors of product `size` from the front of the pool, or changes nothing.
std::optional<LayoutDim> take_front(Pool& pool, const Dim& size) {
  Pool left = pool;
  LayoutDim taken;
  for (Dim rest = size; !rest.is(1);) {
    if (left.empty()) return std::nullopt;
    Factor& next = left.front();
    if (const auto more = rest.divided_by(next.size)) {
      taken.push_back(next);
      left.pop_front();
      rest = *more;
    } else if (const auto inner = next.size.divided_by(rest)) {
      taken.push_back({next.axis, next.stride * *inner, rest});
      next.size = *inner;
      rest = 1;
    } else {
      return std::nullopt;
    }
  }
  pool = std::move(left);
  return taken;
}

/// The same from the back.
std::optional<LayoutDim> take_back(Pool& pool, const Dim& size) {
  Pool left = pool;
  LayoutDim taken;
  for (Dim rest = size; !rest.is(1);) {
    if (left.empty()) return std::nullopt;
    Factor& next = left.back();
    if (const auto more = rest.divided_by(next.size)) {
      taken.insert(taken.begin(), next);
      left.pop_back();
      rest = *more;
    } else if (const auto outer = next.size.divided_by(rest)) {
      taken.insert(taken.begin(), {next.axis, next.stride, rest});
      next.stride = next.stride * rest;
      next.size = *outer;
      rest = 1;
    } else {
      return std::nullopt;
    }
  }
  pool = std::move(left);
  return taken;
}

Dim product(const Pool& pool) { return size_of(LayoutDim(pool.begin(), pool.end())); }

/// A size that an input of the graph has.
bool is_named(const Dim& size) {
  const auto symbol = size.as_symbol();
  return symbol && symbol->find_first_of("?(~%") != 0;
}

/// Targets that could not be dealt, and the factors that are left for them.
struct Middle {
  std::vector<Target> targets;
  Pool pool;

  /// The size of −1 as far as the others tell.
  [[nodiscard]] std::optional<Dim> rest() const {
    Dim known = 1;
    for (const Target& target : targets)
      if (target.size) known = known * *target.size;
    return product(pool).divided_by(known);
  }

  /// One factor each, in order: a guess, made only between sizes that the inputs have, and only
  /// where they must be explained by something. (TensorFlow's converter names each dimension of each
  /// input anew.) Where they already multiply to the same, digits of several axes are mixed.
  [[nodiscard]] bool pairs() const {
    std::size_t place = 0;
    for (const Target& target : targets) {
      if (is_one(target)) continue;
      if (place == pool.size() || !target.size) return false;
      const Dim& size = pool[place++].size;
      if (*target.size != size && !(is_named(*target.size) && is_named(size))) return false;
    }
    return place == pool.size() && !rest();
  }

  [[nodiscard]] static bool is_one(const Target& target) {
    return target.size && target.size->is(1);
  }
};

Dims pair_off(Step& step, const Middle& middle) {
  Dims result;
  std::size_t place = 0;
  for (const Target& target : middle.targets) {
    if (Middle::is_one(target)) {
      result.emplace_back();
      continue;
    }
    const Factor& factor = middle.pool[place++];
    step.require_equal(*target.size, factor.size);
    result.push_back({factor});
  }
  return result;
}

Dims deal_middle(Step& step, const Middle& middle, std::size_t first) {
  if (middle.targets.size() == 1) {
    const auto& size = middle.targets.front().size;
    if (size) step.require_equal(*size, product(middle.pool));
    return {LayoutDim(middle.pool.begin(), middle.pool.end())};
  }
  if (middle.pairs()) return pair_off(step, middle);
  step.knowledge().lose(step.node(), "the sizes do not tell which axes go where");
  const auto rest = middle.rest();
  Dims result;
  for (std::size_t k = 0; k < middle.targets.size(); ++k) {
    const Dim unknown = rest ? *rest : step.unknown(first + k);
    result.push_back(step.fresh("reshape", middle.targets[k].size.value_or(unknown)));
  }
  return result;
}

}  // namespace

Dims regroup(Step& step, const Dims& dims, const std::vector<Target>& targets) {
  Pool pool;
  for (const LayoutDim& dim : dims) pool.insert(pool.end(), dim.begin(), dim.end());
  Dims left;
  Dims right;
  auto first = targets.begin();
  auto last = targets.end();
  for (; first != last && first->size; ++first) {
    auto taken = take_front(pool, *first->size);
    if (!taken) break;
    left.push_back(std::move(*taken));
  }
  for (; first != last && (last - 1)->size; --last) {
    auto taken = take_back(pool, *(last - 1)->size);
    if (!taken) break;
    right.insert(right.begin(), std::move(*taken));
  }
  if (first == last) {
    if (!pool.empty()) step.require_equal(product(pool), 1);
  } else {
    const auto begin = static_cast<std::size_t>(first - targets.begin());
    for (LayoutDim& dim : deal_middle(step, {{first, last}, pool}, begin))
      left.push_back(std::move(dim));
  }
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace ortopt::shape
