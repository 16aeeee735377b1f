#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/ir/model.h"
#include "ortopt/pass/facts.h"

namespace ortopt {

/// Operators by name ("com.microsoft.Attention") with their counts, nested graphs included.
using OperatorCounts = std::map<std::string, std::size_t>;

[[nodiscard]] OperatorCounts count_operators(const Model& model);

/// The fused forms that people count, whichever operator carries them: "attention", "layer_norm"
/// (skip and embed forms are layer norms too), "skip_layer_norm", "embed_layer_norm", "gelu",
/// "rotary"; in this order.
[[nodiscard]] const std::vector<std::string_view>& form_names();
/// How many blocks of `form` there are; nothing is a block of an unknown form.
[[nodiscard]] std::size_t count_form(const OperatorCounts& counts, std::string_view form);
/// Whether `op` ("com.microsoft.BiasGelu") is one block of some form.
[[nodiscard]] bool is_fused_form(std::string_view op);

/// An operator of the result that fusion brought in, with what its nodes say of themselves.
struct FusedOperator {
  std::string op;  ///< "com.microsoft.Attention".
  std::size_t count = 0;
  std::string detail;  ///< "12 heads, masked"; empty when there is nothing to tell.
};

/// The operators that `model` has more of than `before`, as far as they are fused forms, of a domain
/// other than ONNX's, or what one of `rewrites` made of several nodes; most frequent first.
[[nodiscard]] std::vector<FusedOperator> find_fused_operators(
    const Model& model, const OperatorCounts& before, const std::vector<Rewrite>& rewrites = {});

}  // namespace ortopt
