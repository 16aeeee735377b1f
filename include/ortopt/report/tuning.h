#pragma once

#include <string>

#include "ortopt/engine/engine.h"
#include "ortopt/measure/tuning.h"

namespace ortopt {

/// What was tried, what it gave, and the winner as code.
[[nodiscard]] std::string to_table(const TuningResult& result);
[[nodiscard]] std::string to_json(const TuningResult& result);

/// Settings as statements of Python that make `options` for onnxruntime.InferenceSession.
[[nodiscard]] std::string as_python(const SessionOptions& options);
/// The same in C++, for Ort::Session.
[[nodiscard]] std::string as_cpp(const SessionOptions& options);
/// The flags of perf_test that ask for them.
[[nodiscard]] std::string as_flags(const SessionOptions& options);

}  // namespace ortopt
