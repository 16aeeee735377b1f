#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Replaces by its input every node that returns it unchanged.
///
/// Conditions
///   Cast, CastLike                                 the element type is proved equal
///   Dropout                                        not in training mode, mask output unread
///   Reshape, Squeeze, Unsqueeze, Flatten, Slice,   rank and all sizes proved equal; Slice with
///   Transpose, Expand, Tile                        steps of 1; Transpose in order
///   Concat                                         all parts but one are empty along the axis
///   x + 0, x - 0, x * 1, x / 1                     the number does not widen the shape
///   Sum, Max, Min, Mean                            one input
///   graph outputs                                  an output that is a graph input or initializer
///                                                  keeps its Identity
class NoOps final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "no_ops"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Identity, casts to the same type, views and arithmetic that change nothing go";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
