#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// FastGelu(x, b) = FastGelu(x + b)
///
///   x ── Add b ── FastGelu ── y   ⇒   x ─ FastGelu ── y
///                                     b ─┘
///
/// Conditions
///   b of rank 1, as long as the last axis of x   the kernel adds it along the last axis
///   x as large as x + b                          the kernel broadcasts b only
/// Seen in: after MatMul or Gemm wherever the tanh form is; FastGelu made by pass fast_gelu.
class BiasFastGelu final : public FusionPass {
 public:
  BiasFastGelu();
};

}  // namespace ortopt
