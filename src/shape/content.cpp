#include "shape/content.h"

#include <cmath>
#include <cstdint>

#include "shape/record.h"

namespace ortopt::shape {

std::shared_ptr<const ShapeValue> content_of(const Tensor& tensor) {
  const DataType type = tensor.dtype();
  const bool is_whole = is_integer(type) || type == DataType::boolean;
  if ((!is_whole && !is_floating(type)) ||
      tensor.element_count() > static_cast<int64_t>(max_content))
    return nullptr;
  auto content = std::make_shared<ShapeValue>();
  content->dims = tensor.dims();
  if (is_whole) {
    const auto numbers = tensor.int64s();
    if (!numbers) return nullptr;
    for (const int64_t number : *numbers) content->elements.emplace_back(Dim(number));
  } else {
    const auto numbers = tensor.numbers();
    if (!numbers) return nullptr;
    for (const double number : *numbers) content->elements.emplace_back(number);
  }
  return content;
}

std::shared_ptr<const Tensor> tensor_of(const ShapeValue& content, DataType type) {
  if (type == DataType::int64) {
    std::vector<int64_t> numbers;
    for (const Element& element : content.elements) {
      const auto whole = whole_of(element);
      const auto number = whole ? whole->constant() : std::nullopt;
      if (!number) return nullptr;
      numbers.push_back(*number);
    }
    return std::make_shared<const Tensor>(Tensor::of_int64s(numbers).reshaped(content.dims));
  }
  if (!is_floating(type) && !is_integer(type) && type != DataType::boolean) return nullptr;
  std::vector<double> numbers;
  for (const Element& element : content.elements) {
    const auto number = number_of(element);
    if (!number) return nullptr;
    numbers.push_back(*number);
  }
  return std::make_shared<const Tensor>(Tensor::of(type, content.dims, numbers));
}

bool is_known(const Element& element) { return !std::holds_alternative<std::monostate>(element); }

std::optional<double> number_of(const Element& element) {
  if (const auto* number = std::get_if<double>(&element)) return *number;
  const auto* whole = std::get_if<Dim>(&element);
  const auto number = whole == nullptr ? std::nullopt : whole->constant();
  return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

std::optional<Dim> whole_of(const Element& element) {
  if (const auto* whole = std::get_if<Dim>(&element)) return *whole;
  const auto* number = std::get_if<double>(&element);
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (number == nullptr || std::abs(*number) > exact || std::trunc(*number) != *number)
    return std::nullopt;
  return Dim(static_cast<int64_t>(*number));
}

std::optional<std::vector<std::size_t>> broadcast_positions(std::span<const int64_t> from,
                                                            std::span<const int64_t> to) {
  if (from.size() > to.size()) return std::nullopt;
  std::vector<std::size_t> positions(1, 0);
  std::size_t stride = 1;
  // From the innermost dimension outwards: each one repeats what is there, a stride further on.
  for (std::size_t k = to.size(); k-- > 0;) {
    const std::size_t missing = to.size() - from.size();
    const int64_t size = k < missing ? 1 : from[k - missing];
    if (size != 1 && size != to[k]) return std::nullopt;
    std::vector<std::size_t> wider;
    for (int64_t index = 0; index < to[k]; ++index)
      for (const std::size_t position : positions)
        wider.push_back(position + (size == 1 ? 0 : static_cast<std::size_t>(index) * stride));
    positions = std::move(wider);
    stride *= static_cast<std::size_t>(size);
  }
  return positions;
}

}  // namespace ortopt::shape
