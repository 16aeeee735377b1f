#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// LayerNorm(x) = γ · (x − E[x]) / √(Var[x] + ε) + β, over the last axis
///
///   x ─┬─ ReduceMean ── Sub ─┬─ Pow ── ReduceMean ── Add ── Sqrt ── Div ── Mul γ ── Add β ── y
///      └────────────────┘    └───────────────────────────────────────┘
///   ⇒
///   x ── LayerNormalization ── y
///
/// Conditions
///   last axis only, proved                 the fused operators that build on this have no axis
///   ε a positive constant                  a floor of Max(·, 0) under the root changes nothing
///   γ, β constants, one number a feature   they become the operator's vectors; without γ: ones
///   casts widen to float or double only    the operator computes in float
///   no constant raises the rank            the result has the shape of the input
/// Seen in: TorchScript and dynamo below opset 17 (pieces), tf2onnx and Keras (x·k + (β − E[x]·k)
/// with k = γ / √(Var + ε); ReduceMean or GlobalAveragePool of rank 3), keras-bert (Max under the
/// root), models without β (ModernBERT) or both;
/// half precision, squared in double; SimplifiedLayerNormalization of what is centred, which the
/// runtime's own optimiser makes of ModernBERT's.
class LayerNorm final : public FusionPass {
 public:
  LayerNorm();
};

}  // namespace ortopt
