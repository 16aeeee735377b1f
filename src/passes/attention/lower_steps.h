#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/pass/rewriter.h"
#include "ortopt/passes/attention/mask.h"
#include "ortopt/passes/attention/sdpa.h"
#include "passes/attention/arrange.h"
#include "passes/attention/mask_inputs.h"

namespace ortopt::attention {

/// What the lowerings of one run share.
struct Workshop {
  std::string pass;
  Context* context = nullptr;
  MaskProver prover;
  MaskMaker masks;

  [[nodiscard]] const Analysis& facts() const { return context->analysis(); }
};

/// A value that can be brought to `[batch, rows, features]`.
struct ArrangedValue {
  Value* value = nullptr;
  Arrangement arrangement;
};

/// `[batch, rows, features]` of an operand, features being `last`.
[[nodiscard]] std::vector<LayoutDim> three_dims(const Operand& operand, LayoutDim last);

/// Which value the merged result replaces and how it is brought to that value's shape.
[[nodiscard]] Recognised<ArrangedValue> planned_output(const Sdpa& sdpa, const SizeFinder& sizes,
                                                       const Analysis& facts);

/// num_heads and scale; nothing is said that the runtime takes for granted.
[[nodiscard]] Attributes head_attributes(const Sdpa& sdpa, double scale, const MaskPlan& masks);

/// Why `op` may not be used for this attention, if so.
[[nodiscard]] std::optional<Refusal> objection_to(const char* op, const Sdpa& sdpa,
                                                  const Workshop& shop);

/// Why an operator that reads `read` would compute in another type than the graph does, if so.
[[nodiscard]] std::optional<Refusal> objection_to_type(const Value& read, const Sdpa& sdpa,
                                                       const Analysis& facts);

/// Puts the result in the place of the old one and tidies up.
void finish_with(Value& result, const ArrangedValue& output, const Sdpa& sdpa,
                 const MaskPlan& masks, Rewriter& to, Workshop& shop);

/// One com.microsoft.Attention from source to merged heads.
[[nodiscard]] Recognised<std::string> lower_to_attention(const Sdpa& sdpa, Workshop& shop);

/// One com.microsoft.MultiHeadAttention behind the projections.
[[nodiscard]] Recognised<std::string> lower_to_multi_head(const Sdpa& sdpa, Workshop& shop);

}  // namespace ortopt::attention
