#include <algorithm>

#include "ortopt/ir/axis.h"
#include "shape/content.h"
#include "shape/rules.h"

namespace ortopt::shape {
namespace {

std::optional<std::size_t> joined_axis(const Step& step) {
  if (step.input_count() == 0) return std::nullopt;
  for (std::size_t k = 0; k < step.input_count(); ++k) {
    const Dims* dims = step.dims(k);
    if (dims == nullptr || dims->size() != step.dims(0)->size()) return std::nullopt;
  }
  return axis_from_front(step.node().int_attribute("axis", 0), step.dims(0)->size());
}

/// The axis that two halves of one projection come from, in whatever order they are joined.
const Factor* halves(const std::vector<const LayoutDim*>& parts) {
  if (parts.size() != 2 || parts[0]->size() != 1 || parts[1]->size() != 1) return nullptr;
  const Factor& a = parts[0]->front();
  const Factor& b = parts[1]->front();
  const bool same = a.axis == b.axis && a.stride == b.stride;
  return same && a.axis->kind == AxisKind::projection ? &a : nullptr;
}

bool repeats_one_value(const Node& node, const std::vector<const LayoutDim*>& parts) {
  return std::ranges::all_of(node.inputs(), [&](const Value* v) { return v == node.input(0); }) &&
         std::ranges::all_of(parts, [](const LayoutDim* dim) { return dim->empty(); });
}

/// The dimension along which parts are joined.
LayoutDim joined(Step& step, const std::vector<const LayoutDim*>& parts, bool is_last,
                 Offsets& offsets) {
  Dim total = 0;
  int rank = -1;
  std::vector<const LayoutDim*> present;
  for (const LayoutDim* part : parts) {
    total = total + size_of(*part);
    rank = std::max(rank, rank_of(*part));
    if (!size_of(*part).is(0)) present.push_back(part);
  }
  if (const Factor* half = halves(parts)) {
    // The two halves that rotary embeddings swap: the axis stays, from where the lower half starts.
    const auto start = [&](std::size_t k) {
      const auto found = step.offsets(k).find(half->axis);
      return found == step.offsets(k).end() ? Dim(0) : found->second;
    };
    const Dim first = start(0);
    const Dim second = start(1);
    offsets[half->axis] = (second - first).is_nonnegative() == true ? first : second;
    return {{half->axis, half->stride, total}};
  }
  if (present.size() == 1) return *present[0];
  if (repeats_one_value(step.node(), parts)) return step.fresh_copy("copy", total);
  const bool is_feature = is_last && rank > 0;
  return step.fresh("concat", total, is_feature ? static_cast<AxisKind>(rank) : AxisKind::other);
}

void concat_content(Step& step, std::size_t axis) {
  const auto sizes = static_sizes(step.out().layout->dims);
  if (!sizes || !content_size(step.out().layout->dims) || axis != 0 || sizes->size() != 1) return;
  ShapeValue result{*sizes, {}};
  for (std::size_t k = 0; k < step.input_count(); ++k) {
    const auto length = content_size(*step.dims(k));
    const ShapeValue* content = step.content(k);
    for (std::size_t i = 0; length && i < *length; ++i)
      result.elements.push_back(content == nullptr ? Element() : content->elements[i]);
  }
  if (result.elements.size() != static_cast<std::size_t>(sizes->front())) return;
  if (std::ranges::any_of(result.elements, is_known)) step.set_content(0, std::move(result));
}

}  // namespace

void concat(Step& step) {
  const auto axis = joined_axis(step);
  if (!axis) return;
  Offsets offsets;
  for (std::size_t k = 0; k < step.input_count(); ++k)
    offsets.insert(step.offsets(k).begin(), step.offsets(k).end());
  Dims result;
  const std::size_t rank = step.dims(0)->size();
  for (std::size_t place = 0; place < rank; ++place) {
    std::vector<const LayoutDim*> parts;
    for (std::size_t k = 0; k < step.input_count(); ++k) parts.push_back(&(*step.dims(k))[place]);
    if (place == *axis) {
      result.push_back(joined(step, parts, place + 1 == rank, offsets));
      continue;
    }
    // Axes that meet are named by the last: what is new says more than a cache.
    const LayoutDim* best = parts[0];
    for (const LayoutDim* part : parts) best = &better(*part, *best);
    for (const LayoutDim* part : parts) step.require_equal(size_of(*best), size_of(*part));
    result.push_back(*best);
  }
  step.set(0, result, std::move(offsets));
  concat_content(step, *axis);
}

void concat_from_sequence(Step& step) {
  const Record* sequence = step.in(0);
  if (sequence == nullptr || !sequence->parts || sequence->parts->empty()) return;
  const Record& first = sequence->parts->front();
  if (!first.layout) return;
  const std::size_t rank = first.layout->rank();
  const bool stacks = step.node().int_attribute("new_axis", 0) != 0;
  const auto axis = axis_from_front(step.node().int_attribute("axis", 0), stacks ? rank + 1 : rank);
  if (!axis) return;
  Dims dims = first.layout->dims;
  Dim total = static_cast<int64_t>(sequence->parts->size());
  if (!stacks) {
    total = 0;
    for (const Record& record : *sequence->parts) {
      if (!record.layout || record.layout->rank() != rank) return;
      total = total + size_of(record.layout->dims[*axis]);
    }
    dims[*axis] = step.fresh("concat", total);
  } else {
    dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(*axis), step.fresh("concat", total));
  }
  step.out().dtype = first.dtype;
  step.set(0, dims);
}

}  // namespace ortopt::shape
