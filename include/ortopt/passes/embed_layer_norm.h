#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// EmbedLayerNorm(ids, segments) = LayerNorm(word[ids] + position[0 … S−1] + segment[segments])
///
///   ids ────── Gather ─┐                                  ids ──────┐
///   segments ─ Gather ─Add ─ Add ── LayerNorm ── y   ⇒    segments ─EmbedLayerNorm ── y
///   positions ─ Gather ──────┘  └── (other readers)       positions ┘      └── sum (3rd output)
///
/// The same where the last Add and the norm are one SkipLayerNormalization already.
///
/// Conditions
///   two or three tables of equal width   the kernel adds a word, a position and perhaps a segment
///   γ and β of rank 1                    the kernel takes no other
///   ids of shape [batch, sequence]       positions may be [1, sequence]
///   positions left out only when they    otherwise they become the operator's position_ids
///   are proved to be 0, 1, 2 …
///   ids are cast to int32                the kernel takes no other; ids that are negative or
///                                        beyond 2³¹ would differ: an assumption
/// Seen in: BERT, DistilBERT, ALBERT, RoBERTa, GPT-2 from TorchScript and dynamo; TensorFlow BERT
/// through tf2onnx; static exports, where the positions are a constant [1, S, H]. With
/// SkipLayerNormalization: what the runtime's own optimiser leaves.
class EmbedLayerNorm final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "embed_layer_norm"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Sum of embeddings and its LayerNormalization become one node";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
