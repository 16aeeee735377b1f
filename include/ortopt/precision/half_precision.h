#pragma once

#include <string_view>
#include <utility>

#include "ortopt/pass/pass.h"
#include "ortopt/precision/options.h"

namespace ortopt {

/// Everything that computes in float32 computes in a half type, except what is marked.
///
///   x ── MatMul ── Exp ── Add ── y   ⇒   x ─ Cast ─ MatMul ─ Cast ─ Exp ─ Cast ─ Add ─ Cast ─ y
///          W                                        half W
///
/// Marking passes say which operators keep float32 (precision/mark.h). Then each value gets the type
/// that its producer computes in, and a Cast stands where a reader needs the other one: once for a
/// value, not once for a reader. What cannot be told (operators without a known schema, values
/// without a known type) stays as it is.
///
/// Conditions
///   the operator's schema takes the half type there   the result loads
///   inputs and outputs keep their types on request    callers feed what they fed
class HalfPrecision final : public Pass {
 public:
  static constexpr std::string_view name = "half_precision";

  /// `options.half_type()` must be a type.
  explicit HalfPrecision(PrecisionOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::string_view id() const override { return name; }
  [[nodiscard]] std::string_view summary() const override {
    return "What computes in float32 computes in half precision, except where that is not safe";
  }
  /// Runs over the main graph and all that are nested in it at once.
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;

 private:
  PrecisionOptions options_;
};

}  // namespace ortopt
