#pragma once

#include "ortopt/ir/node.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// Operators that pass numbers on as they are: Reshape, Transpose, Gather, Concat.
[[nodiscard]] bool is_move(const Node& node);
/// Operators that compute each number from those in the same place: Add, Tanh, Where. Not those
/// that give truth values.
[[nodiscard]] bool is_elementwise(const Node& node);
/// Comparisons of numbers.
[[nodiscard]] bool is_comparison(const Node& node);
/// Sums, means and norms along axes.
[[nodiscard]] bool is_sum(const Node& node);
/// Sums and norms that square first.
[[nodiscard]] bool is_sum_of_squares(const Node& node);

/// Whether a value is float32.
[[nodiscard]] bool is_float32(const Value* value, const Analysis& facts);
/// Whether any output is float32.
[[nodiscard]] bool makes_float32(const Node& node, const Analysis& facts);

}  // namespace ortopt
