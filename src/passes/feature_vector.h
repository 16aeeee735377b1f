#pragma once

#include <optional>

#include "ortopt/ir/tensor.h"
#include "ortopt/ir/value.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// The constant as a vector over the last dimension of what it meets, which has `width` features:
/// rank 1, or with leading dimensions of 1. Nothing when it is no constant or of another size.
[[nodiscard]] std::optional<Tensor> as_feature_vector(const Value& value, const Dim& width,
                                                      const Analysis& facts);

}  // namespace ortopt
