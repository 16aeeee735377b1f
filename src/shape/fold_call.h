#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/element.h"
#include "ortopt/ir/node.h"
#include "ortopt/ir/tensor.h"

namespace ortopt::folding {

/// A node whose inputs are constants.
struct Call {
  const Node& node;
  std::span<const Tensor* const> inputs;

  /// Null for an input that is left out.
  [[nodiscard]] const Tensor* input(std::size_t slot) const {
    return slot < inputs.size() ? inputs[slot] : nullptr;
  }
  /// The content of a small integer input.
  [[nodiscard]] std::optional<std::vector<int64_t>> ints(std::size_t slot) const;
  /// A list that moved from an attribute to an input in later opsets. Nothing when it cannot be
  /// read; the empty optional inside when it is nowhere.
  [[nodiscard]] std::optional<std::optional<std::vector<int64_t>>> list(std::string_view attribute,
                                                                        std::size_t slot) const;
  /// The axis attribute counted from the front of a tensor of `rank`; nothing when out of range.
  [[nodiscard]] std::optional<std::size_t> axis(std::size_t rank, int64_t otherwise) const;
};

using Results = std::optional<std::vector<Tensor>>;
using Kernel = Results (*)(const Call&);
using Kernels = std::unordered_map<std::string_view, Kernel>;

void add_moves(Kernels& kernels);
void add_parts(Kernels& kernels);
void add_arithmetic(Kernels& kernels);
void add_unary(Kernels& kernels);
void add_reductions(Kernels& kernels);
void add_creations(Kernels& kernels);
void add_scatters(Kernels& kernels);

/// Most elements that arithmetic makes.
inline constexpr int64_t max_elements = static_cast<int64_t>(Tensor::small_bytes);

/// The product of sizes; nothing when one is negative or the product is beyond `max_elements`.
[[nodiscard]] std::optional<std::size_t> small_count(std::span<const int64_t> dims);
/// The dims that `parts` broadcast to; nothing when they do not fit or there are too many elements.
[[nodiscard]] std::optional<std::vector<int64_t>> broadcast_dims(
    std::span<const std::vector<int64_t>> parts);
/// All axes counted from the front, ascending, each once; nothing when one is out of range.
[[nodiscard]] std::optional<std::vector<std::size_t>> places(std::span<const int64_t> axes,
                                                             std::size_t rank);
/// Bytes of one element; nothing for strings and types of less than a byte.
[[nodiscard]] std::optional<std::size_t> element_size(DataType type);
/// `tensor`, with small content evaluated now; nothing when that fails.
[[nodiscard]] std::optional<Tensor> settled(const Tensor& tensor);
[[nodiscard]] Results single(const std::optional<Tensor>& tensor);

/// The content of a small tensor.
[[nodiscard]] std::optional<std::vector<std::byte>> bytes_of(const Tensor& tensor);
[[nodiscard]] Tensor tensor_of_bytes(DataType type, std::vector<int64_t> dims,
                                     std::vector<std::byte> bytes);

/// The elements of a small tensor, whose type T is.
template <class T>
std::optional<std::vector<T>> elements(const Tensor& tensor) {
  const auto bytes = bytes_of(tensor);
  if (!bytes || bytes->size() % sizeof(T) != 0) return std::nullopt;
  std::vector<T> result(bytes->size() / sizeof(T));
  for (std::size_t k = 0; k < result.size(); ++k)
    result[k] = load_element<T>(bytes->data() + k * sizeof(T));
  return result;
}

template <class T>
Tensor tensor_of_elements(DataType type, std::vector<int64_t> dims,
                          const std::vector<T>& elements) {
  std::vector<std::byte> bytes(elements.size() * sizeof(T));
  for (std::size_t k = 0; k < elements.size(); ++k)
    store_element(elements[k], bytes.data() + k * sizeof(T));
  return tensor_of_bytes(type, std::move(dims), std::move(bytes));
}

/// The type in which arithmetic on T is done: float for half floats.
template <class T>
using Computed = std::conditional_t<is_half_float<T>, float, T>;

}  // namespace ortopt::folding
