#pragma once

#include <string_view>

#include "ortopt/ir/node.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// Whether some reader of `node` is an `op` whose other operand is the constant `number`: what
/// makes a Tanh the promise of a GELU, and not a pooler's.
[[nodiscard]] bool joins(const Node& node, std::string_view op, double number,
                         const Analysis& facts);

/// What a square root is taken of: the mean of squares is what makes it the promise of a norm, with
/// the mean taken off before (LayerNorm) or not (RMSNorm).
enum class MeanUnder { nothing, squares, squared_deviations };
[[nodiscard]] MeanUnder mean_under(const Node& root);

}  // namespace ortopt
