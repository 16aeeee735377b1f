#pragma once

#include <optional>
#include <vector>

#include "shape/step.h"

namespace ortopt::shape {

/// A target dimension of a Reshape: a size, or the rest.
struct Target {
  std::optional<Dim> size;  ///< Nothing is −1.
};

/// A reshape by effect: deals the factors of `dims`, outermost first, to the targets; splits a
/// factor where a target cuts it. −1 is never computed: it is what is left between what was dealt
/// from the left and what was dealt from the right.
[[nodiscard]] Dims regroup(Step& step, const Dims& dims, const std::vector<Target>& targets);

}  // namespace ortopt::shape
