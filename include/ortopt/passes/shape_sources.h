#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Shapes that only a Shape node still asks a value for are asked from the model's inputs.
///
///   ids ── … ── MatMul ── scores ── Shape ── s   ⇒   ids ── Shape ── Gather ── Concat ── s
///
/// A fusion leaves a value behind when an exporter reads its shape further down; without this pass
/// the value, and all that it is computed from, would be computed for the sake of its shape.
///
/// Conditions
///   nobody else reads the value     otherwise it is computed anyway
///   every size is a number or one dimension of an input     sums and products stay
/// Seen in: tf2onnx (Einsum taken apart), TorchScript.
class ShapeSources final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "shape_sources"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Shapes that keep a value alive are read from the model's inputs";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
