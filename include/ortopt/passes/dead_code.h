#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Removes nodes none of whose outputs is read or a graph output, and initializers that nobody
/// reads. Operators of ONNX have no side effects, so nothing else can be observed.
class DeadCode final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "dead_code"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Nodes and initializers that nobody reads go";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
