#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ortopt/ir/tensor.h"
#include "ortopt/ir/value.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// The constant as a vector over the last dimension of what it meets, which has `width` features:
/// rank 1, or with leading dimensions of 1. Nothing when it is no constant or of another size.
[[nodiscard]] std::optional<Tensor> as_feature_vector(const Value& value, const Dim& width,
                                                      const Analysis& facts);

/// Whether all readers of `value`, perhaps behind Casts, combine it with vectors of features.
[[nodiscard]] bool joins_vector(const Value& value, std::string_view op, const Dim& width,
                                const Analysis& facts);

/// The scale of a norm that has none.
[[nodiscard]] Tensor vector_of_ones(DataType type, int64_t width);

}  // namespace ortopt
