#include <algorithm>
#include <numeric>

#include "ortopt/ir/recipe.h"
#include "shape/fold_call.h"

namespace ortopt::folding {
namespace {

Results identity(const Call& call) {
  if (call.input(0) == nullptr || call.node.outputs().size() != 1) return std::nullopt;
  return single(*call.input(0));
}

Results cast_to(const Tensor& source, DataType type) {
  if (source.dtype() == type) return single(source);
  const auto is_number = [](DataType t) {
    return is_floating(t) || is_integer(t) || t == DataType::boolean;
  };
  if (!is_number(source.dtype()) || !is_number(type)) return std::nullopt;
  if (type == DataType::boolean) {
    // Not a narrowing but a question: is it 0?
    Results result;
    with_element(source.dtype(), [&]<class T>(std::type_identity<T>) {
      const auto numbers = elements<T>(source);
      if (!numbers) return;
      std::vector<uint8_t> truths;
      for (const T number : *numbers) truths.push_back(number != T(0) ? 1 : 0);
      result = single(tensor_of_elements(type, source.dims(), truths));
    });
    return result;
  }
  return single(settled(converted(source, type)));
}

Results cast(const Call& call) {
  const auto type = call.node.int_attribute("to");
  if (call.input(0) == nullptr || !type) return std::nullopt;
  return cast_to(*call.input(0), static_cast<DataType>(*type));
}

Results cast_like(const Call& call) {
  if (call.input(0) == nullptr || call.input(1) == nullptr) return std::nullopt;
  return cast_to(*call.input(0), call.input(1)->dtype());
}

Results transpose(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr || !element_size(source->dtype())) return std::nullopt;
  const std::size_t rank = source->dims().size();
  std::vector<int64_t> perm(rank);
  std::iota(perm.rbegin(), perm.rend(), 0);
  if (const auto given = call.node.ints_attribute("perm")) perm = *given;
  std::vector<int64_t> sorted = perm;
  std::ranges::sort(sorted);
  for (std::size_t k = 0; k < sorted.size(); ++k)
    if (sorted[k] != static_cast<int64_t>(k)) return std::nullopt;
  if (perm.size() != rank) return std::nullopt;
  if (source->element_count() == 0) {
    std::vector<int64_t> dims;
    for (const int64_t axis : perm) dims.push_back(source->dims()[static_cast<std::size_t>(axis)]);
    return single(tensor_of_bytes(source->dtype(), std::move(dims), {}));
  }
  return single(settled(transposed(*source, perm)));
}

Results with_dims(const Tensor& source, std::vector<int64_t> dims) {
  int64_t count = 1;
  for (const int64_t size : dims)
    if (size < 0 || __builtin_mul_overflow(count, size, &count)) return std::nullopt;
  if (count != source.element_count()) return std::nullopt;
  return single(source.reshaped(std::move(dims)));
}

Results reshape(const Call& call) {
  const auto target = call.list("shape", 1);
  const Tensor* source = call.input(0);
  if (source == nullptr || !target || !*target) return std::nullopt;
  std::vector<int64_t> dims = **target;
  const bool copies_zeros = call.node.int_attribute("allowzero", 0) == 0;
  int64_t known = 1;
  std::optional<std::size_t> rest;
  for (std::size_t k = 0; k < dims.size(); ++k) {
    if (dims[k] == 0 && copies_zeros) {
      if (k >= source->dims().size()) return std::nullopt;
      dims[k] = source->dims()[k];
    }
    if (dims[k] == -1) {
      if (rest) return std::nullopt;
      rest = k;
    } else if (dims[k] < 0 || __builtin_mul_overflow(known, dims[k], &known)) {
      return std::nullopt;
    }
  }
  if (rest) {
    if (known == 0 || source->element_count() % known != 0) return std::nullopt;
    dims[*rest] = source->element_count() / known;
  }
  return with_dims(*source, std::move(dims));
}

Results squeeze(const Call& call) {
  const Tensor* source = call.input(0);
  const auto axes = call.list("axes", 1);
  if (source == nullptr || !axes) return std::nullopt;
  std::vector<int64_t> dims;
  std::vector<std::size_t> gone;
  if (*axes) {
    const auto named = places(**axes, source->dims().size());
    if (!named) return std::nullopt;
    gone = *named;
  }
  for (std::size_t k = 0; k < source->dims().size(); ++k) {
    const bool is_one = source->dims()[k] == 1;
    const bool goes = *axes ? std::ranges::binary_search(gone, k) : is_one;
    if (goes && !is_one) return std::nullopt;
    if (!goes) dims.push_back(source->dims()[k]);
  }
  return with_dims(*source, std::move(dims));
}

Results unsqueeze(const Call& call) {
  const Tensor* source = call.input(0);
  const auto axes = call.list("axes", 1);
  if (source == nullptr || !axes || !*axes) return std::nullopt;
  const std::size_t rank = source->dims().size() + (*axes)->size();
  const auto made = places(**axes, rank);
  if (!made || made->size() != (*axes)->size()) return std::nullopt;
  std::vector<int64_t> dims;
  auto next = source->dims().begin();
  for (std::size_t k = 0; k < rank; ++k)
    dims.push_back(std::ranges::binary_search(*made, k) ? 1 : *next++);
  return with_dims(*source, std::move(dims));
}

Results flatten(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr) return std::nullopt;
  const auto rank = static_cast<int64_t>(source->dims().size());
  int64_t axis = call.node.int_attribute("axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank) return std::nullopt;
  std::vector<int64_t> dims = {1, 1};
  for (int64_t k = 0; k < rank; ++k)
    dims[k < axis ? 0 : 1] *= source->dims()[static_cast<std::size_t>(k)];
  return with_dims(*source, std::move(dims));
}

Results shape(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr) return std::nullopt;
  const auto rank = static_cast<int64_t>(source->dims().size());
  const auto bound = [&](const char* name, int64_t otherwise) {
    const int64_t number = call.node.int_attribute(name, otherwise);
    return std::clamp<int64_t>(number < 0 ? number + rank : number, 0, rank);
  };
  const int64_t start = bound("start", 0);
  const int64_t end = std::max(start, bound("end", rank));
  const std::span<const int64_t> dims(source->dims());
  return single(Tensor::of_int64s(
      dims.subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start))));
}

Results size(const Call& call) {
  if (call.input(0) == nullptr) return std::nullopt;
  const int64_t count[] = {call.input(0)->element_count()};
  return single(Tensor::of_int64s(count).reshaped({}));
}

}  // namespace

void add_moves(Kernels& kernels) {
  kernels.insert({{"Identity", identity},
                  {"Dropout", identity},
                  {"Cast", cast},
                  {"CastLike", cast_like},
                  {"Transpose", transpose},
                  {"Reshape", reshape},
                  {"Squeeze", squeeze},
                  {"Unsqueeze", unsqueeze},
                  {"Flatten", flatten},
                  {"Shape", shape},
                  {"Size", size}});
}

}  // namespace ortopt::folding
