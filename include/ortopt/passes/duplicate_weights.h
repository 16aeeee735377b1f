#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Merges initializers of one graph that hold the same. Candidates agree in type, dimensions and a
/// sample of their bytes; only those are compared whole, so that no weight is read twice for
/// nothing.
class DuplicateWeights final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "duplicate_weights"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Initializers with equal type, dimensions and content become one";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
