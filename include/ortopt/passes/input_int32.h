#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Inputs of the model that are int64 become int32. Changes the signature: runs on request only
/// (--input_int32) and is in no pipeline.
///
///   ids: int64 ── Cast int32 ── EmbedLayerNorm      ids: int32 ── EmbedLayerNorm
///            ├─── Shape                          ⇒           ├─── Shape
///            └─── Gather                                     └─── Cast int64 ── Gather
///
/// Conditions
///   - of the main graph: inputs of a nested graph are its operator's business
///   - not an output at once: an output keeps its type
///   - int64 only: numbers of other types would change their meaning
class InputInt32 final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "input_int32"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Inputs of the model that are int64 become int32";
  }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override;
};

}  // namespace ortopt
