#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// BiasGelu(x, b) = Gelu(x + b)
///
///   x ── Add b ── Gelu ── y   ⇒   x ─ BiasGelu ── y
///                                 b ─┘
///
/// Conditions
///   b of rank 1, as long as the last axis of x   the kernel adds it along the last axis
///   x as large as x + b                          the kernel broadcasts b only
/// Seen in: after MatMul or Gemm in the feed-forward layer of every encoder with the erf form; Gelu
/// made by pass gelu, or ONNX's own of opset 20.
class BiasGelu final : public FusionPass {
 public:
  BiasGelu();
};

}  // namespace ortopt
