#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/node.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// The outputs of `node` computed from constant inputs (null where an optional input is left out),
/// in ONNX's semantics for the model's opset, or nothing when the operator has no kernel here,
/// inputs do not fit it, or the work is too large. Moves of large tensors (Transpose, Reshape,
/// Cast, Concat, Slice, Squeeze, Identity …) come back as recipes and cost nothing; arithmetic is
/// done for small tensors only (Tensor::is_small).
[[nodiscard]] std::optional<std::vector<Tensor>> fold(const Node& node,
                                                      std::span<const Tensor* const> inputs);

}  // namespace ortopt
