#include "ortopt/shape/fold.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "ortopt/ir/axis.h"
#include "shape/fold_call.h"

namespace ortopt {
namespace folding {

std::optional<std::vector<int64_t>> Call::ints(std::size_t slot) const {
  const Tensor* tensor = input(slot);
  if (tensor == nullptr || !tensor->is_small()) return std::nullopt;
  auto numbers = tensor->int64s();
  return numbers ? std::optional(std::move(*numbers)) : std::nullopt;
}

std::optional<std::optional<std::vector<int64_t>>> Call::list(std::string_view attribute,
                                                              std::size_t slot) const {
  using Maybe = std::optional<std::vector<int64_t>>;
  if (auto numbers = node.ints_attribute(attribute)) return Maybe(std::move(*numbers));
  if (input(slot) == nullptr) return Maybe();
  auto numbers = ints(slot);
  return numbers ? std::optional(Maybe(std::move(*numbers))) : std::nullopt;
}

std::optional<std::size_t> Call::axis(std::size_t rank, int64_t otherwise) const {
  return axis_from_front(node.int_attribute("axis", otherwise), rank);
}

std::optional<std::size_t> small_count(std::span<const int64_t> dims) {
  int64_t count = 1;
  bool is_large = false;
  for (const int64_t size : dims) {
    if (size < 0) return std::nullopt;
    is_large = is_large || __builtin_mul_overflow(count, size, &count) || count > max_elements;
    if (is_large) count = max_elements;
    if (size == 0) return 0;
  }
  return is_large ? std::nullopt : std::optional(static_cast<std::size_t>(count));
}

std::optional<std::vector<int64_t>> broadcast_dims(std::span<const std::vector<int64_t>> parts) {
  std::vector<int64_t> result;
  for (const auto& dims : parts) result.resize(std::max(result.size(), dims.size()), 1);
  std::ranges::fill(result, 1);
  for (const auto& dims : parts) {
    const std::size_t missing = result.size() - dims.size();
    for (std::size_t k = 0; k < dims.size(); ++k) {
      int64_t& size = result[missing + k];
      if (dims[k] == 1 || dims[k] == size) continue;
      if (size != 1) return std::nullopt;
      size = dims[k];
    }
  }
  return small_count(result) ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<std::vector<std::size_t>> places(std::span<const int64_t> axes, std::size_t rank) {
  auto result = axes_from_front(axes, rank);
  if (!result) return std::nullopt;
  std::ranges::sort(*result);
  result->erase(std::ranges::unique(*result).begin(), result->end());
  return result;
}

std::optional<std::size_t> element_size(DataType type) {
  const std::size_t bits = bits_of(type);
  return bits == 0 || bits % 8 != 0 ? std::nullopt : std::optional(bits / 8);
}

std::optional<Tensor> settled(const Tensor& tensor) {
  using RecipeContent = std::shared_ptr<const Recipe>;
  if (!std::holds_alternative<RecipeContent>(tensor.content()) ||
      tensor.byte_size() > Tensor::small_bytes)
    return tensor;
  auto bytes = tensor.bytes();
  if (!bytes) return std::nullopt;
  return Tensor(tensor.dtype(), tensor.dims(), std::move(*bytes));
}

Results single(const std::optional<Tensor>& tensor) {
  return tensor ? Results({*tensor}) : std::nullopt;
}

std::optional<std::vector<std::byte>> bytes_of(const Tensor& tensor) {
  if (!element_size(tensor.dtype()) || !tensor.is_small()) return std::nullopt;
  const auto bytes = tensor.bytes();
  return bytes ? std::optional(**bytes) : std::nullopt;
}

Tensor tensor_of_bytes(DataType type, std::vector<int64_t> dims, std::vector<std::byte> bytes) {
  return {type, std::move(dims), std::make_shared<const std::vector<std::byte>>(std::move(bytes))};
}

namespace {

const Kernels& kernels() {
  static const Kernels table = [] {
    Kernels made;
    add_moves(made);
    add_parts(made);
    add_arithmetic(made);
    add_unary(made);
    add_reductions(made);
    add_creations(made);
    add_scatters(made);
    return made;
  }();
  return table;
}

}  // namespace
}  // namespace folding

std::optional<std::vector<Tensor>> fold(const Node& node, std::span<const Tensor* const> inputs) {
  if (!node.domain().empty()) return std::nullopt;
  const auto kernel = folding::kernels().find(node.op());
  if (kernel == folding::kernels().end()) return std::nullopt;
  return kernel->second({node, inputs});
}

}  // namespace ortopt
