#include <algorithm>
#include <numeric>

#include "ortopt/ir/axis.h"
#include "ortopt/ir/recipe.h"
#include "shape/fold_call.h"

namespace ortopt::folding {
namespace {

/// Positions that a slice visits in a dimension of `size`.
std::vector<int64_t> visited(int64_t start, int64_t end, int64_t step, int64_t size) {
  const auto bound = [size](int64_t number, int64_t low, int64_t high) {
    return std::clamp(number < 0 ? number + size : number, low, high);
  };
  std::vector<int64_t> positions;
  // Steps longer than the dimension are all the same, and must not overflow.
  step = std::clamp(step, -size - 1, size + 1);
  if (step > 0)
    for (int64_t k = bound(start, 0, size); k < bound(end, 0, size); k += step)
      positions.push_back(k);
  else if (step < 0)
    for (int64_t k = bound(start, -1, size - 1); k > bound(end, -1, size - 1); k += step)
      positions.push_back(k);
  return positions;
}

std::optional<Tensor> part(const Tensor& source, std::size_t axis,
                           const std::vector<int64_t>& positions) {
  if (!element_size(source.dtype())) return std::nullopt;
  const auto is_own = [&](std::size_t k) { return positions[k] == static_cast<int64_t>(k); };
  bool is_whole = static_cast<int64_t>(positions.size()) == source.dims()[axis];
  for (std::size_t k = 0; is_whole && k < positions.size(); ++k) is_whole = is_own(k);
  if (is_whole) return source;
  std::vector<int64_t> dims = source.dims();
  dims[axis] = static_cast<int64_t>(positions.size());
  if (std::ranges::find(dims, 0) != dims.end()) return tensor_of_bytes(source.dtype(), dims, {});
  return settled(taken(source, static_cast<int64_t>(axis), positions));
}

Results slice(const Call& call) {
  const Tensor* source = call.input(0);
  const auto starts = call.list("starts", 1);
  const auto ends = call.list("ends", 2);
  const auto axes = call.list("axes", 3);
  const auto steps =
      call.input(4) == nullptr ? std::optional<std::vector<int64_t>>() : call.ints(4);
  if (source == nullptr || !starts || !*starts || !ends || !*ends || !axes) return std::nullopt;
  const std::size_t count = (*starts)->size();
  if ((*ends)->size() != count || (*axes && (*axes)->size() != count)) return std::nullopt;
  if (call.input(4) != nullptr && (!steps || steps->size() != count)) return std::nullopt;
  std::optional<Tensor> result = *source;
  for (std::size_t k = 0; result && k < count; ++k) {
    const auto axis =
        axis_from_front(*axes ? (**axes)[k] : static_cast<int64_t>(k), source->dims().size());
    if (!axis) return std::nullopt;
    result =
        part(*result, *axis,
             visited((**starts)[k], (**ends)[k], steps ? (*steps)[k] : 1, result->dims()[*axis]));
  }
  return single(result);
}

Results split(const Call& call) {
  const Tensor* source = call.input(0);
  const auto axis = source == nullptr ? std::nullopt : call.axis(source->dims().size(), 0);
  const auto given = call.list("split", 1);
  const std::size_t count = call.node.outputs().size();
  if (!axis || !given || count == 0) return std::nullopt;
  const int64_t size = source->dims()[*axis];
  std::vector<int64_t> sizes;
  if (*given) {
    sizes = **given;
  } else {
    const auto parts = static_cast<int64_t>(count);
    sizes.assign(count, (size + parts - 1) / parts);
    sizes.back() = size - sizes.front() * (parts - 1);
  }
  if (sizes.size() != count || std::accumulate(sizes.begin(), sizes.end(), int64_t{0}) != size ||
      std::ranges::any_of(sizes, [](int64_t s) { return s < 0; }))
    return std::nullopt;
  std::vector<Tensor> results;
  int64_t start = 0;
  for (const int64_t length : sizes) {
    std::vector<int64_t> positions(static_cast<std::size_t>(length));
    std::iota(positions.begin(), positions.end(), start);
    auto piece = part(*source, *axis, positions);
    if (!piece) return std::nullopt;
    results.push_back(std::move(*piece));
    start += length;
  }
  return results;
}

Results concat(const Call& call) {
  std::vector<Tensor> parts;
  for (const Tensor* input : call.inputs) {
    if (input == nullptr || !element_size(input->dtype())) return std::nullopt;
    parts.push_back(*input);
  }
  if (parts.empty()) return std::nullopt;
  const std::size_t rank = parts.front().dims().size();
  const auto axis = call.axis(rank, 0);
  if (!axis) return std::nullopt;
  std::vector<int64_t> total = parts.front().dims();
  total[*axis] = 0;
  for (const Tensor& piece : parts) {
    std::vector<int64_t> dims = piece.dims();
    if (dims.size() != rank || piece.dtype() != parts.front().dtype()) return std::nullopt;
    total[*axis] += dims[*axis];
    dims[*axis] = total[*axis];
    if (dims != total) return std::nullopt;
  }
  std::erase_if(parts, [](const Tensor& piece) { return piece.element_count() == 0; });
  if (parts.empty()) return single(tensor_of_bytes(call.input(0)->dtype(), total, {}));
  if (parts.size() == 1) return single(parts.front());
  return single(settled(concatenated(parts, static_cast<int64_t>(*axis))));
}

Results gather(const Call& call) {
  const Tensor* source = call.input(0);
  const Tensor* index_tensor = call.input(1);
  const auto axis = source == nullptr ? std::nullopt : call.axis(source->dims().size(), 0);
  auto indices = call.ints(1);
  if (!axis || !indices) return std::nullopt;
  const int64_t size = source->dims()[*axis];
  for (int64_t& index : *indices) {
    if (index < -size || index >= size) return std::nullopt;
    if (index < 0) index += size;
  }
  // Rows taken again and again would make the model grow.
  const bool grows = static_cast<int64_t>(indices->size()) > size;
  std::vector<int64_t> dims = source->dims();
  dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(*axis));
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(*axis), index_tensor->dims().begin(),
              index_tensor->dims().end());
  if (grows && !small_count(dims)) return std::nullopt;
  const auto taken_rows = part(*source, *axis, *indices);
  return taken_rows ? single(taken_rows->reshaped(std::move(dims))) : std::nullopt;
}

}  // namespace

void add_parts(Kernels& kernels) {
  kernels.insert({{"Slice", slice}, {"Split", split}, {"Concat", concat}, {"Gather", gather}});
}

}  // namespace ortopt::folding
