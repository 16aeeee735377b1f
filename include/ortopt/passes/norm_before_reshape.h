#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// LayerNorm(reshape(a + b)) = reshape(LayerNorm(a + b)), where the reshape keeps the last dimension
///
///   a + b ── Reshape ── LayerNorm ── y   ⇒   a + b ── LayerNorm ── Reshape ── y
///
/// Norm and residual sum then stand together, for pass skip_layer_norm.
///
/// Conditions
///   the last dimension keeps its size   tensors are dense: its rows are then the same rows
///   the norm is over that dimension     rows are normalised each for itself
///   a sum of two computed values        nothing is gained elsewhere
/// Seen in: OPT, which flattens batch and length around its feed-forward; TimeSformer.
class NormBeforeReshape final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "norm_before_reshape"; }
  [[nodiscard]] std::string_view summary() const override {
    return "A norm of a reshaped residual sum is taken before the Reshape";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
