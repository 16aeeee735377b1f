#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "ortopt/ir/model.h"

namespace ortopt::test_support {

/// Whether ONNX Runtime is at hand (engine/engine.h says where it is looked for).
[[nodiscard]] bool has_runtime();
/// Its library; empty without one.
[[nodiscard]] std::filesystem::path runtime_library();

/// Runs both models in ONNX Runtime on the same seeded inputs and compares all outputs with a
/// tolerance by type. Symbolic dimensions get small sizes, a different one for each symbol;
/// integers are 0 or 1, floats lie between -1 and 1. Without a runtime, or when it does not take
/// `original`, succeeds and says on stderr that nothing was run.
[[nodiscard]] ::testing::AssertionResult same_results(const Model& original, const Model& result);

/// The same for a `result` that computes in `type`: compared with the tolerance of that, loaded
/// with all of the runtime's optimisations; inputs and outputs may have another floating type than
/// the original's.
[[nodiscard]] ::testing::AssertionResult same_results_in(DataType type, const Model& original,
                                                         const Model& result);

}  // namespace ortopt::test_support
