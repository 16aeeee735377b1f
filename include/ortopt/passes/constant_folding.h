#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Replaces values that are constant (computed from initializers, or shape arithmetic whose result
/// is a number) by initializers.
///
/// Conditions
///   a kernel of ours or a move   no runtime is needed; moves of large weights become recipes
///   the model does not grow      a large result takes the place of its source; a source with
///                                other readers stays, and so does the node
class ConstantFolding final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "constant_folding"; }
  [[nodiscard]] std::string_view summary() const override {
    return "What is computed from constants alone becomes an initializer";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
