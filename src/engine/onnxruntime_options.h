#pragma once

#include "engine/onnxruntime_api.h"

namespace ortopt::onnxruntime {

/// The runtime's own object for `options`. Fails with `usage` for a provider that the runtime lacks
/// or options that it does not take.
[[nodiscard]] Result<Options> make_options(const OrtApi& api, const SessionOptions& options);

}  // namespace ortopt::onnxruntime
