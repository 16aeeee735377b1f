#pragma once

#include <vector>

#include "engine/onnxruntime_api.h"

namespace ortopt::onnxruntime {

/// The inputs of a session's model, as it declares them.
[[nodiscard]] Result<std::vector<Port>> read_inputs(const OrtApi& api, const OrtSession* session);

/// The outputs of a session's model, as it declares them.
[[nodiscard]] Result<std::vector<Port>> read_outputs(const OrtApi& api, const OrtSession* session);

}  // namespace ortopt::onnxruntime
