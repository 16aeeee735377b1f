#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ortopt/base/result.h"
#include "ortopt/ir/model.h"

namespace ortopt {

/// The model in ONNX's text syntax: stable order, small constants inline, large ones as shape and
/// digest. The form of `--dump` and of tests.
[[nodiscard]] std::string to_text(const Model& model);
/// The graph alone.
[[nodiscard]] std::string to_text(const Graph& graph);

/// The declared type as that syntax spells it: "float[B,4]", "seq(float[])"; "" when there is none.
[[nodiscard]] std::string declared_type_text(const Value& value);

/// Parses a model, or a bare graph `g (float[B, S] x) => (float[B, S] y) { … }`, which gets a
/// default header (IR 10, opset 17, com.microsoft 1).
[[nodiscard]] Result<std::unique_ptr<Model>> parse_text(std::string_view text);

}  // namespace ortopt
