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

/// Whether one factor each is possible: no size that is certainly another than its factor's.
bool may_pair(const Pool& pool, const std::vector<Target>& sized) {
  if (sized.size() != pool.size()) return false;
  for (std::size_t k = 0; k < sized.size(); ++k) {
    if (!sized[k].size) continue;
    const Dim difference = *sized[k].size - pool[k].size;
    if ((difference - Dim(1)).is_nonnegative() == true ||
        (Dim(-1) - difference).is_nonnegative() == true)
      return false;
  }
  return true;
}

/// Targets that could not be dealt, and the factors that are left for them.
Dims deal_middle(Step& step, Pool pool, const std::vector<Target>& targets, std::size_t first) {
  if (targets.size() == 1) {
    if (targets[0].size) step.require_equal(*targets[0].size, product(pool));
    return {LayoutDim(pool.begin(), pool.end())};
  }
  const auto is_one = [](const Target& target) { return target.size && target.size->is(1); };
  std::vector<Target> sized = targets;
  std::erase_if(sized, is_one);
  Dim known = 1;
  for (const Target& target : targets)
    if (target.size) known = known * *target.size;
  const auto rest = product(pool).divided_by(known);
  const bool all_sized =
      std::ranges::all_of(targets, [](const Target& target) { return target.size.has_value(); });
  // Sizes whose product is right as it is, but in another order, say nothing of one another.
  const bool is_consistent = rest && (!all_sized || rest->is(1));
  Dims result;
  if (may_pair(pool, sized) && !is_consistent) {
    // One factor each: the sizes must agree in order.
    for (const Target& target : targets) {
      if (is_one(target)) {
        result.emplace_back();
        continue;
      }
      if (target.size) step.require_equal(*target.size, pool.front().size);
      result.push_back({pool.front()});
      pool.pop_front();
    }
    return result;
  }
  step.knowledge().lose(step.node(), "the sizes do not tell which axes go where");
  for (std::size_t k = 0; k < targets.size(); ++k) {
    const Dim unknown = rest ? *rest : step.unknown(first + k);
    result.push_back(step.fresh("reshape", targets[k].size.value_or(unknown)));
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
    for (LayoutDim& dim : deal_middle(step, pool, {first, last}, begin))
      left.push_back(std::move(dim));
  }
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace ortopt::shape
