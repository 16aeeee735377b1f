#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// FusedMatMul(a, b; α) = α · aᵀ·bᵀ
///
///   a ─┐                              a ── Transpose ─┐
///      FusedMatMul(trans…, α) ── y  ⇒                  MatMul ── Mul α ── y
///   b ─┘                              b ── Transpose ─┘
///
/// The runtime's own optimiser folds scales and transposes into products. Everything else here looks
/// for products, scales and transposes, one by one; the runtime folds again what is left of them.
///
/// Conditions
///   the rank of what is transposed is known   the permutation has that many entries
///   more than two dimensions where the first goes behind the batch   the operator wants them
/// Seen in: what ONNX Runtime's optimiser writes from its level 2 on (--opt_level 2, or models
/// saved by a session).
class FusedMatMul final : public FusionPass {
 public:
  FusedMatMul();
};

}  // namespace ortopt
