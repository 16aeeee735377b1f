#include <algorithm>
#include <numeric>

#include "ortopt/ir/axis.h"
#include "shape/content.h"
#include "shape/rules.h"

namespace ortopt::shape {

void identity(Step& step) {
  const Record* input = step.in(0);
  if (input == nullptr || step.output_count() == 0) return;
  const DataType type = step.out().dtype;
  step.out() = *input;
  if (type != DataType::undefined) step.out().dtype = type;
}

void dropout(Step& step) {
  identity(step);
  if (step.output_count() < 2 || step.dims(0) == nullptr) return;
  step.set(1, *step.dims(0), step.offsets(0));
  step.out(1).dtype = DataType::boolean;
}

void cast(Step& step) {
  if (step.dims(0) == nullptr) return;
  step.set(0, *step.dims(0), step.offsets(0));
  const ShapeValue* content = step.content(0);
  if (content == nullptr) return;
  ShapeValue result{content->dims, {}};
  for (const Element& element : content->elements)
    result.elements.push_back(converted(element, step.out().dtype));
  step.set_content(0, std::move(result));
}

void transpose(Step& step) {
  const Dims* dims = step.dims(0);
  if (dims == nullptr) return;
  std::vector<int64_t> reversed(dims->size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const auto perm =
      axes_from_front(step.node().ints_attribute("perm").value_or(reversed), dims->size());
  if (!perm || perm->size() != dims->size()) return;
  Dims result;
  for (const std::size_t place : *perm) result.push_back((*dims)[place]);
  step.set(0, result, step.offsets(0));
  // Content of two real dimensions moves; with one, the order of the elements stays.
  const auto is_long = [](const LayoutDim& dim) { return !dim.empty(); };
  if (std::ranges::count_if(*dims, is_long) <= 1) step.keep_content(0);
}

void unsqueeze(Step& step) {
  const Dims* dims = step.dims(0);
  const auto [numbers, absent] = step.list("axes", 1);
  if (dims == nullptr || !numbers) return;
  auto places = axes_from_front(*numbers, dims->size() + numbers->size());
  if (!places) return;
  std::ranges::sort(*places);
  Dims result = *dims;
  for (const std::size_t place : *places)
    result.insert(result.begin() + static_cast<std::ptrdiff_t>(std::min(place, result.size())),
                  LayoutDim());
  step.set(0, result, step.offsets(0));
  step.keep_content(0);
}

void squeeze(Step& step) {
  const Dims* dims = step.dims(0);
  const auto [numbers, absent] = step.list("axes", 1);
  if (dims == nullptr || (!numbers && !absent)) return;
  std::vector<bool> drop(dims->size());
  if (numbers) {
    const auto places = axes_from_front(*numbers, dims->size());
    if (!places) return;
    for (const std::size_t place : *places) {
      drop[place] = true;
      step.require_equal(size_of((*dims)[place]), 1);
    }
  } else {
    for (std::size_t k = 0; k < dims->size(); ++k) drop[k] = (*dims)[k].empty();
  }
  Dims result;
  for (std::size_t k = 0; k < dims->size(); ++k)
    if (!drop[k]) result.push_back((*dims)[k]);
  step.set(0, result, step.offsets(0));
  step.keep_content(0);
}

void flatten(Step& step) {
  const Dims* dims = step.dims(0);
  if (dims == nullptr) return;
  const auto rank = static_cast<int64_t>(dims->size());
  int64_t axis = step.node().int_attribute("axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank) return;
  const std::span<const LayoutDim> all(*dims);
  Dims result(2);
  for (std::size_t k = 0; k < all.size(); ++k) {
    LayoutDim& to = result[k < static_cast<std::size_t>(axis) ? 0 : 1];
    to.insert(to.end(), all[k].begin(), all[k].end());
  }
  step.set(0, result, step.offsets(0));
  step.keep_content(0);
}

}  // namespace ortopt::shape
