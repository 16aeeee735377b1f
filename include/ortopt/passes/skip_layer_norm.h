#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// SkipLayerNorm(x, skip, bias) = LayerNorm(x + skip + bias)
///
///   x ────┐                                    x ────┐
///   bias ─Add ─ Add ── LayerNorm ── y     ⇒    skip ─SkipLayerNorm ── y
///   skip ───────┘  └── (other readers)         bias ─┘      └── sum (4th output)
///
/// Conditions
///   x and skip of one shape   the kernel broadcasts skip over the batch only: [1, S, H] and
///                             [S, H] pass, [B, 1, H] and [H] do not
///   rank 2 or 3               the kernel takes no other
///   last axis                 the kernel has no axis
///   γ, β, bias of rank 1      the kernel takes no other
/// RMSNorm in place of LayerNorm gives SkipSimplifiedLayerNormalization, which has no β.
/// Seen in: every exporter, with LayerNormalization or RMSNormalization as operator or made by
/// passes layer_norm and rms_norm.
class SkipLayerNorm final : public FusionPass {
 public:
  SkipLayerNorm();
};

}  // namespace ortopt
