#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// FastGelu(x) = x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))
///
///   x ─┬─ Pow 3 ── Mul 0.044715 ── Add ── Mul √(2/π) ── Tanh ── Add 1 ── Mul ── y
///      ├───────────────────────────┘                                     │
///      └─ Mul 0.5 ───────────────────────────────────────────────────────┘
///   ⇒
///   x ── FastGelu ── y
///
/// Conditions
///   the numbers are those of the equation   within 1e-3, which takes fp16's rounding in
///   no constant broadcasts x                the operator has its input's shape
/// Seen in: GPT-2, ALBERT, T5, Gemma from TorchScript and dynamo (Pow or x·x·x), TensorFlow BERT
/// and GPT-2, keras-bert (((0.044715·x)·x)·x).
class FastGelu final : public FusionPass {
 public:
  FastGelu();
};

}  // namespace ortopt
