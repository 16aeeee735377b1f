#include "passes/attention/arrange.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace ortopt::attention {
namespace {

using Dims = std::vector<LayoutDim>;

/// The Reshape from `from` to `to`, which hold the same factors in the same order. 0 copies a
/// dimension, one -1 stands for what is left.
std::optional<std::vector<ShapeEntry>> reshape(const Dims& from, const Dims& to,
                                               const SizeFinder& sizes) {
  std::vector<ShapeEntry> shape;
  std::optional<std::size_t> rest;
  for (std::size_t k = 0; k < to.size(); ++k) {
    const Dim size = size_of(to[k]);
    if (k < from.size() && from[k] == to[k]) {
      shape.emplace_back(int64_t{0});
    } else if (const auto number = size.constant()) {
      shape.emplace_back(*number);
    } else if (!rest) {
      rest = k;
      shape.emplace_back(int64_t{-1});
    } else {
      const auto found = sizes.find(size);
      if (!found) return std::nullopt;
      shape.push_back(*found);
    }
  }
  return shape;
}

/// The dimensions of `to` in the order in which `from` walks them: `to[k]` is at `perm[k]`.
/// Dimensions of size 1 may stand anywhere; they keep their place among their neighbours.
std::optional<std::vector<int64_t>> order_of(const Dims& from, const Dims& to) {
  const LayoutDim walked = flattened(from);
  std::vector<std::size_t> order(to.size());
  for (std::size_t k = 0; k < to.size(); ++k) order[k] = k;
  // A handful of dimensions: all orders are few.
  do {
    Dims sorted;
    for (const std::size_t k : order) sorted.push_back(to[k]);
    if (flattened(sorted) != walked) continue;
    std::vector<int64_t> perm(to.size());
    for (std::size_t at = 0; at < order.size(); ++at) perm[order[at]] = static_cast<int64_t>(at);
    return perm;
  } while (std::ranges::next_permutation(order).found);
  return std::nullopt;
}

std::vector<int64_t> inverse(const std::vector<int64_t>& perm) {
  std::vector<int64_t> result(perm.size());
  for (std::size_t k = 0; k < perm.size(); ++k)
    result[static_cast<std::size_t>(perm[k])] = static_cast<int64_t>(k);
  return result;
}

constexpr std::size_t max_rank = 5;

}  // namespace

SizeFinder::SizeFinder(const Graph& graph, const Analysis& facts, std::vector<Value*> also)
    : facts_(&facts) {
  for (const Graph* at = &graph; at != nullptr; at = at->parent())
    values_.insert(values_.end(), at->inputs().begin(), at->inputs().end());
  values_.insert(values_.end(), also.begin(), also.end());
}

std::optional<ShapeEntry> SizeFinder::find(const Dim& size) const {
  if (const auto number = size.constant()) return *number;
  for (Value* value : values_) {
    const auto shape = facts_->shape(*value);
    if (!shape) continue;
    const auto found = std::ranges::find(*shape, size);
    if (found != shape->end()) return SizeSource{value, found - shape->begin()};
  }
  return std::nullopt;
}

std::optional<Arrangement> arrangement(const std::vector<LayoutDim>& from,
                                       const std::vector<LayoutDim>& to, const SizeFinder& sizes) {
  if (from == to) return Arrangement{};
  if (to.size() > max_rank || from.size() > max_rank) return std::nullopt;
  Arrangement made;
  Dims start = from;
  Dims end(to.size());
  if (const auto perm = order_of(from, to)) {
    for (std::size_t k = 0; k < to.size(); ++k) end[static_cast<std::size_t>((*perm)[k])] = to[k];
    if (!std::ranges::is_sorted(*perm)) made.perm = *perm;
  } else if (const auto before = order_of(to, from)) {
    for (std::size_t k = 0; k < from.size(); ++k) {
      start[static_cast<std::size_t>((*before)[k])] = from[k];
    }
    made.perm_before = inverse(*before);
    end = to;
  } else {
    return std::nullopt;
  }
  if (end == start) return made;
  auto shape = reshape(start, end, sizes);
  if (!shape) return std::nullopt;
  made.shape = std::move(*shape);
  return made;
}

Value& make_shape(const std::vector<ShapeEntry>& shape, Rewriter& to) {
  std::vector<int64_t> numbers;
  for (const ShapeEntry& entry : shape)
    if (const int64_t* number = std::get_if<int64_t>(&entry)) numbers.push_back(*number);
  const auto constant = [&](const std::vector<int64_t>& content) -> Value& {
    std::string name = "shape";
    for (const int64_t number : content)
      name += number < 0 ? "_rest" : "_" + std::to_string(number);
    return to.constant(name, Tensor::of_int64s(content));
  };
  if (numbers.size() == shape.size()) return constant(numbers);
  std::vector<Value*> parts;
  std::vector<int64_t> run;
  const auto flush = [&] {
    if (!run.empty()) parts.push_back(&constant(run));
    run.clear();
  };
  for (const ShapeEntry& entry : shape) {
    if (const int64_t* number = std::get_if<int64_t>(&entry)) {
      run.push_back(*number);
      continue;
    }
    flush();
    const auto& source = std::get<SizeSource>(entry);
    const int64_t axis[] = {source.axis};
    Value& sizes = to.node("", "Shape", {source.value});
    Value& index = to.constant("axis_" + std::to_string(source.axis), Tensor::of_int64s(axis));
    parts.push_back(&to.node("", "Gather", {&sizes, &index}, {{"axis", int64_t{0}}}));
  }
  flush();
  return parts.size() == 1 ? *parts.front()
                           : to.node("", "Concat", std::move(parts), {{"axis", int64_t{0}}});
}

Value& make_arranged(Value& value, const Arrangement& arrangement, Rewriter& to) {
  Value* made = &value;
  if (!arrangement.perm_before.empty())
    made = &to.node("", "Transpose", {made}, {{"perm", arrangement.perm_before}});
  if (!arrangement.shape.empty())
    made = &to.node("", "Reshape", {made, &make_shape(arrangement.shape, to)});
  if (!arrangement.perm.empty())
    made = &to.node("", "Transpose", {made}, {{"perm", arrangement.perm}});
  return *made;
}

}  // namespace ortopt::attention
