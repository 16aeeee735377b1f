#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Attention(x) = merge(softmax(scale · (x·Wq + bq) (x·Wk + bk)ᵀ + mask) · (x·Wv + bv))
///
///   x ─ MatMul ─ Add ─ split heads ─┐
///   x ─ MatMul ─ Add ─ split heads ─MatMul ─ Mul ─ Add ─ Softmax ─┐           x ─┐
///   mask ───────────── 0 or −10000 ────────────────┘              │     ⇒   mask ─Attention ── y
///   x ─ MatMul ─ Add ─ split heads ───────────────────────────────MatMul ─ merge ── y
///
/// Heads, head sizes, scale and mask are read off the graph, for each attention by itself: an
/// attention is found by walking from its softmax with the layout of every value known
/// (passes/attention/recognise.h), and becomes an operator only when everything is proved
/// (passes/attention/lower.h).
///
/// Conditions
///   axes in their places, by identity    with batch 2 and 2 heads equal sizes prove nothing
///   one projection for each of q, k, v   what mixes views of one (rotary) wants its own operator
///   mask proved, or added as it is       the runtime's masks mean padding and causality only
///   probabilities read by v alone        the operator does not give them out
///   a bias for the operator, zeros too   the CPU kernel crashes without one
///   scale not 0                          the operator reads 0 as "the usual scale"
/// Seen in: TorchScript 1.10 to 2.6, eager and SDPA; dynamo; tf2onnx, also with scores transposed
/// or as Einsum; keras-bert, which has no Softmax.
class Attention final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "attention"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Projections, scores, mask, softmax and merge of heads become one attention operator";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
