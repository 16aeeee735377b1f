#pragma once

#include <optional>

#include "ortopt/passes/attention/sdpa.h"

namespace ortopt::attention {

/// Divides the factors of an operand's dimensions among heads, copies and the rest, and reads head
/// count and head size off them.
[[nodiscard]] std::optional<Refusal> divide_axes(Operand& operand, const Analysis& facts);

/// Every axis in its place: queries, keys and values walk `batch… row` of their own source, in any
/// order (PyTorch's MultiheadAttention turns its input to length first), heads stand at the same
/// place in all three, and the output walks what the queries do. Sizes play no part in this.
[[nodiscard]] std::optional<Refusal> check_positions(const Sdpa& sdpa, const Analysis& facts);

/// The part of the above that concerns one operand.
[[nodiscard]] std::optional<Refusal> check_operand(const Operand& operand, const Analysis& facts);

/// What scores and output walk as their batch: the query's, unless that is one row for all of the
/// batch; then the keys say which batch it is.
[[nodiscard]] LayoutDim batch_of(const Sdpa& sdpa);

/// Batch and row factors of an operand, heads and copies left out, as one product.
[[nodiscard]] LayoutDim leading_axes(const Operand& operand);

/// What an operand's projection sums over in its source: its last dimension, or several as one.
[[nodiscard]] LayoutDim source_features(const Operand& operand, const Analysis& facts);

/// `value` without the rearrangements of its dimensions (tf2onnx flattens around every product).
[[nodiscard]] const Value* stripped_source(const Value* value, const Analysis& facts);

}  // namespace ortopt::attention
