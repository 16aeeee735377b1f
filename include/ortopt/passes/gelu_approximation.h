#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Gelu(x + b) ≈ FastGelu(x, b), on request
///
///   x ─ BiasGelu ── y   ⇒   x ─ FastGelu ── y
///   b ─┘                    b ─┘
///
/// Conditions
///   PassOptions::gelu_approximation   results differ by up to 5e-4: only when asked for
/// Seen in: nothing; made from what gelu and bias_gelu leave.
class GeluApproximation final : public FusionPass {
 public:
  GeluApproximation();
};

}  // namespace ortopt
