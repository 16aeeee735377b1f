#include <algorithm>

#include "ortopt/ir/axis.h"
#include "shape/rules.h"
#include "shape/slice.h"

namespace ortopt::shape {
namespace {

/// The content gathered by indices that are known numbers.
void gather_content(Step& step, std::size_t axis, const Dims& index_dims) {
  const ShapeValue* content = step.content(0);
  const auto indices = step.ints_of(1);
  const auto sizes = static_sizes(index_dims);
  if (content == nullptr || !indices || !sizes || axis >= content->dims.size()) return;
  std::vector<std::size_t> positions;
  for (const int64_t index : *indices) {
    const int64_t length = content->dims[axis];
    if (index < -length || index >= length) return;
    positions.push_back(static_cast<std::size_t>(index < 0 ? index + length : index));
  }
  auto elements = taken(*content, axis, positions);
  if (!elements) return;
  std::vector<int64_t>& dims = elements->dims;
  dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), sizes->begin(), sizes->end());
  step.set_content(0, std::move(*elements));
}

Dims replaced(const Dims& dims, std::size_t axis, const Dims& by) {
  Dims result(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(axis));
  result.insert(result.end(), by.begin(), by.end());
  result.insert(result.end(), dims.begin() + static_cast<std::ptrdiff_t>(axis) + 1, dims.end());
  return result;
}

/// The last dimension's size: how many leading dimensions each index tuple names.
std::optional<std::size_t> index_depth(const Dims& indices) {
  if (indices.empty()) return std::nullopt;
  const auto depth = size_of(indices.back()).constant();
  return depth && *depth >= 0 ? std::optional(static_cast<std::size_t>(*depth)) : std::nullopt;
}

}  // namespace

void gather(Step& step) {
  const Dims* data = step.dims(0);
  const Dims* index_dims = step.dims(1);
  const auto axis = data == nullptr || index_dims == nullptr
                        ? std::nullopt
                        : axis_from_front(step.node().int_attribute("axis", 0), data->size());
  if (!axis) return;
  const auto indices = step.ints_of(1);
  if (indices && indices->size() == 1) {
    // One index fixes a digit: an offset on its axis.
    Layout layout = *step.in(0)->layout;
    const int64_t index = (*indices)[0];
    const Dim start = index < 0 ? size_of((*data)[*axis]) + Dim(index) : Dim(index);
    cut(step, layout, *axis, {start, start + Dim(1), 1});
    step.set(0, replaced(layout.dims, *axis, *index_dims), layout.offsets);
  } else {
    Dims dims = replaced(*data, *axis, *index_dims);
    // Rows of a table taken by data: its features become an axis of their own.
    if (step.is_constant(0) && !step.is_constant(1))
      for (std::size_t k = *axis + index_dims->size(); k < dims.size(); ++k)
        dims[k] = step.fresh("features", size_of(dims[k]), AxisKind::input);
    step.set(0, dims, step.offsets(0));
  }
  gather_content(step, *axis, *index_dims);
}

void gather_nd(Step& step) {
  const Dims* data = step.dims(0);
  const Dims* indices = step.dims(1);
  if (data == nullptr || indices == nullptr) return;
  const auto depth = index_depth(*indices);
  const int64_t batch = step.node().int_attribute("batch_dims", 0);
  if (!depth || batch < 0 || static_cast<std::size_t>(batch) + *depth > data->size()) return;
  Dims dims(indices->begin(), indices->end() - 1);
  const auto named = batch + static_cast<std::ptrdiff_t>(*depth);
  dims.insert(dims.end(), data->begin() + named, data->end());
  step.set(0, dims);
}

void like_second(Step& step) {
  if (step.dims(1) != nullptr) step.set(0, *step.dims(1));
}

}  // namespace ortopt::shape
