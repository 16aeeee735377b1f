#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// RmsNorm(x) = γ · x / √(E[x²] + ε), over the last axis
///
///   x ─┬─ Pow 2 ── ReduceMean ── Add ε ── Sqrt ── Reciprocal ── Mul ── Mul γ ── y
///      └────────────────────────────────────────────────────────┘
///   ⇒
///   x ── SimplifiedLayerNormalization ── y
///
/// Conditions
///   last axis only, proved       what builds on this operator has no axis
///   ε a positive constant        the operator's is
///   γ a constant vector or none  it becomes the operator's scale, or that is 1
///   no constant raises the rank  the result has the shape of the input
///   casts in between to float    the operator computes in float, whatever its input is
///   type of y is that of x       the operator has one type for both
/// Seen in: T5, Llama, Qwen, Gemma (γ + 1 folded) from TorchScript and dynamo. The runtime takes the
/// operator in ONNX's domain at every opset; RMSNormalization (opset 23) is one node and stays.
class RmsNorm final : public FusionPass {
 public:
  RmsNorm();
};

}  // namespace ortopt
