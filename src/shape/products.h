#pragma once

#include "shape/step.h"

namespace ortopt::shape {

/// An operand of a product: its layout and what it carries.
struct Operand {
  Dims dims;
  const Offsets* offsets = nullptr;
  bool is_constant = false;
  bool is_probabilities = false;
};

[[nodiscard]] std::optional<Operand> operand(const Step& step, std::size_t slot);

/// MatMul of two operands, written to output 0.
void contract(Step& step, const Operand& left, const Operand& right);

/// The layout of probabilities × values by role.
struct HeadProduct {
  Dims batch;
  Dims rows;
  Dims features;
};

/// Heads (factors of projections among the batch dims) and value features become the digits of one
/// new axis `(n d)`; returns batch, rows and one feature dimension, in this order.
[[nodiscard]] Dims join_heads(Step& step, const HeadProduct& product);

}  // namespace ortopt::shape
