#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// reshape(flatten(x) · W) = x · W, where the reshape gives the rows of x back
///
///   x ── Reshape ── MatMul W ── Reshape ── y   ⇒   x ── MatMul W ── y
///
/// What computed the shape of the last Reshape goes with it.
///
/// Conditions
///   W is a constant matrix            a batch of matrices would pair with the rows
///   x has at least two dimensions     a product of a vector has no rows
///   x keeps its last dimension        its rows are then the same rows
///   y has the leading dimensions of x, proved equal, and the columns of W
///   nobody else reads the pieces      they would be computed twice
/// Seen in: tf2onnx (Keras' Dense on more than two dimensions, google-research's BERT).
class FlatMatMul final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "flat_mat_mul"; }
  [[nodiscard]] std::string_view summary() const override {
    return "A product of flattened rows is taken without flattening";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
