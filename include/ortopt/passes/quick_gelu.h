#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// QuickGelu(x; α) = x · sigmoid(α·x)
///
///   x ─┬─ Mul α ── Sigmoid ── Mul ── y   ⇒   x ── QuickGelu(alpha = α) ── y
///      └──────────────────────┘
///
/// Conditions
///   α is one constant number      it becomes an attribute; no α is 1 (SiLU, Swish)
///   α does not broadcast x        the operator has its input's shape
/// Seen in: CLIP (α = 1.702), gated feed-forward layers of Llama and Qwen (no α).
class QuickGelu final : public FusionPass {
 public:
  QuickGelu();
};

}  // namespace ortopt
