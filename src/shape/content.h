#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ortopt/ir/tensor.h"
#include "ortopt/shape/analysis.h"

namespace ortopt::shape {

/// The elements of a small numeric constant; null when it is large, no numbers, or unreadable.
[[nodiscard]] std::shared_ptr<const ShapeValue> content_of(const Tensor& tensor);

/// The constant that content is when every element is a number; null otherwise.
[[nodiscard]] std::shared_ptr<const Tensor> tensor_of(const ShapeValue& content, DataType type);

[[nodiscard]] bool is_known(const Element& element);
/// The number an element is.
[[nodiscard]] std::optional<double> number_of(const Element& element);
/// The whole number or polynomial an element is.
[[nodiscard]] std::optional<Dim> whole_of(const Element& element);

/// The element at each position of a result of size `dims` that reads `content` by broadcasting.
[[nodiscard]] std::optional<std::vector<std::size_t>> broadcast_positions(
    std::span<const int64_t> from, std::span<const int64_t> to);

/// What an elementwise operator makes of its operands' elements; unknown when it cannot be told.
[[nodiscard]] Element combined(const Node& node, DataType result,
                               std::span<const Element> operands);
/// A Cast to `type`. A Dim stays what it is under a floating type.
[[nodiscard]] Element converted(const Element& element, DataType type);

}  // namespace ortopt::shape
