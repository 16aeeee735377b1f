#pragma once

#include <string>
#include <vector>

#include "ortopt/base/result.h"

namespace onnx {
class ModelProto;
}

namespace ortopt {

/// What became of calls of model-local functions.
enum class Inlining {
  done,       ///< But for what `notes` names.
  unbounded,  ///< All were left: there would be more nodes, or deeper calls, than is sensible.
};

/// Replaces the calls of model-local functions by their bodies. Functions that cannot be inlined
/// (their operator set version differs from the model's, or the result would be huge) stay, with a
/// sentence in `notes`. Fails with bad_model when functions call each other in a circle.
[[nodiscard]] Result<Inlining> inline_functions(onnx::ModelProto& message,
                                                std::vector<std::string>& notes);

}  // namespace ortopt
