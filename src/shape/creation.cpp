#include <algorithm>

#include "ortopt/ir/axis.h"
#include "shape/content.h"
#include "shape/rules.h"

namespace ortopt::shape {

void shape_of(Step& step) {
  const Dims* dims = step.dims(0);
  if (dims == nullptr) return;
  const auto rank = static_cast<int64_t>(dims->size());
  const auto place = [&](std::string_view attribute, int64_t otherwise) {
    const int64_t number = step.node().int_attribute(attribute, otherwise);
    return std::clamp<int64_t>(number < 0 ? number + rank : number, 0, rank);
  };
  ShapeValue content;
  const int64_t end = place("end", rank);
  for (int64_t k = place("start", 0); k < end; ++k)
    content.elements.emplace_back(size_of((*dims)[static_cast<std::size_t>(k)]));
  const auto count = static_cast<int64_t>(content.elements.size());
  content.dims = {count};
  step.set(0, {step.fresh("shape", count)});
  step.set_content(0, std::move(content));
}

void size_of_input(Step& step) {
  const Dims* dims = step.dims(0);
  step.set(0, {});
  if (dims == nullptr) return;
  Dim product = 1;
  for (const LayoutDim& dim : *dims) product = product * size_of(dim);
  step.set_content(0, {{}, {product}});
}

void expand(Step& step) {
  const Dims* dims = step.dims(0);
  const auto wanted = step.dims_of(1);
  if (dims == nullptr || !wanted) return;
  const std::size_t rank = std::max(dims->size(), wanted->size());
  Dims result;
  for (std::size_t k = 0; k < rank; ++k) {
    const std::size_t missing = rank - dims->size();
    const LayoutDim dim = k < missing ? LayoutDim() : (*dims)[k - missing];
    const Dim target = k < rank - wanted->size() ? Dim(1) : (*wanted)[k - (rank - wanted->size())];
    const bool keeps = target.is(1) || target.is(-1);
    if (dim.empty() && !keeps) {
      result.push_back(step.fresh_copy("copy", target));
    } else {
      if (!keeps) step.require_equal(size_of(dim), target, Agreement::broadcast);
      result.push_back(dim);
    }
  }
  step.set(0, result, step.offsets(0));
  const ShapeValue* content = step.content(0);
  const auto sizes =
      content_size(step.out().layout->dims) ? static_sizes(step.out().layout->dims) : std::nullopt;
  const auto positions =
      content != nullptr && sizes ? broadcast_positions(content->dims, *sizes) : std::nullopt;
  if (!positions) return;
  ShapeValue expanded{*sizes, {}};
  for (const std::size_t position : *positions)
    expanded.elements.push_back(content->elements[position]);
  step.set_content(0, std::move(expanded));
}

void tile(Step& step) {
  const Dims* dims = step.dims(0);
  const auto repeats = step.dims_of(1);
  if (dims == nullptr || !repeats || repeats->size() != dims->size()) return;
  Dims result;
  for (std::size_t k = 0; k < dims->size(); ++k) {
    LayoutDim dim = step.fresh_copy("copy", (*repeats)[k]);
    dim.insert(dim.end(), (*dims)[k].begin(), (*dims)[k].end());
    result.push_back(std::move(dim));
  }
  step.set(0, result, step.offsets(0));
}

void one_hot(Step& step) {
  const Dims* indices = step.dims(0);
  const auto depth = step.dims_of(1);
  if (indices == nullptr || !depth || depth->size() != 1) return;
  const auto axis = axis_from_front(step.node().int_attribute("axis", -1), indices->size() + 1);
  if (!axis) return;
  Dims dims = *indices;
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(*axis),
              step.fresh("one_hot", depth->front()));
  step.set(0, dims);
}

void constant_of_shape(Step& step) {
  const auto filling = step.node().tensor_attribute("value");
  step.out().dtype = filling ? filling->dtype() : DataType::float32;
  const auto sizes = step.dims_of(0);
  if (!sizes) return;
  Dims dims;
  for (const Dim& size : *sizes) dims.push_back(step.fresh_copy("fill", size));
  step.set(0, dims);
  const auto count = content_size(dims);
  if (!count) return;
  Element element = 0.0;
  if (filling) {
    const auto content = content_of(*filling);
    if (!content || content->elements.empty()) return;
    element = content->elements[0];
  }
  step.set_content(0, {*static_sizes(dims), std::vector<Element>(*count, element)});
}

void range(Step& step) {
  const auto start = step.dims_of(0);
  const auto limit = step.dims_of(1);
  const auto delta = step.dims_of(2);
  if (!start || !limit || !delta || start->size() != 1 || limit->size() != 1 ||
      delta->size() != 1) {
    step.set(0, {step.fresh("range", step.unknown(0))});
    return;
  }
  const Dim& first = (*start)[0];
  const Dim& by = (*delta)[0];
  const Dim distance = (*limit)[0] - first;
  const auto exact = distance.divided_by(by);
  Dim count = exact ? *exact : quotient(distance + by - Dim(1), by);
  if (by.is_nonnegative() == true) step.require_at_most(first, (*limit)[0]);
  if (count.is_nonnegative() == false) count = 0;
  step.set(0, {step.fresh("range", count)});
  const auto number = content_size(step.out().layout->dims);
  if (!number) return;
  ShapeValue content{{static_cast<int64_t>(*number)}, {}};
  for (std::size_t k = 0; k < *number; ++k)
    content.elements.emplace_back(first + by * Dim(static_cast<int64_t>(k)));
  step.set_content(0, std::move(content));
}

}  // namespace ortopt::shape
