#pragma once

#include "ortopt/precision/mark.h"

namespace ortopt {

/// What the user wants kept: an operator ("TopK", "com.microsoft.Gelu"), or a glob over names of
/// nodes.
class Requested final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "requested"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Operators and nodes that --keep-fp32 names";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

}  // namespace ortopt
