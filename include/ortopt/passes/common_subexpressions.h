#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Merges nodes with equal operator, inputs and attributes.
///
/// Conditions
///   deterministic operator      two random draws are two values
///   no nested graph             bodies are not compared
///   not both graph outputs      a signature keeps all its names
class CommonSubexpressions final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "common_subexpressions"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Nodes that compute the same from the same become one";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
