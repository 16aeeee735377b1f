#pragma once

#include <vector>

#include "ortopt/ir/tensor.h"
#include "passes/attention/expression.h"

namespace ortopt::attention {

/// The element of a constant at a symbolic index, or null when the content has no form that is
/// understood. Understood are: one number everywhere; a number at a constant index; `k·index + c`
/// along one free dimension (position tables); two numbers of which one fills a band of diagonals
/// `lo ≤ row − column ≤ hi` (causal triangles and windows). Every element is looked at, none is
/// sampled.
[[nodiscard]] ExpressionPtr constant_element(const Tensor& content, const std::vector<Dim>& index);

}  // namespace ortopt::attention
