#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Gelu(x) = x/2 · (1 + erf(x/√2))
///
///   x ─┬─ Div √2 ── Erf ── Add 1 ── Mul ── Mul 0.5 ── y   ⇒   x ── Gelu ── y
///      └────────────────────────────┘
///
/// Conditions
///   the numbers are those of the equation   within 1e-3, which takes fp16's rounding in
///   no constant broadcasts x                the operator has its input's shape
/// Seen in: TorchScript (every version), dynamo below opset 20, tf2onnx and Keras
/// (0.5·x · (1 + erf(x·0.70711))). ONNX's own Gelu (opset 20) is one node already and stays.
class Gelu final : public FusionPass {
 public:
  Gelu();
};

}  // namespace ortopt
