#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "shape/step.h"

namespace ortopt::shape {

/// One dimension of a slice; a step of 0 stands for bounds that are not known.
struct Bounds {
  Dim start;
  Dim end;
  int64_t step = 1;
};

/// Slices one dimension. Where it walks one factor the identity stays, with an offset on the axis.
void cut(Step& step, Layout& layout, std::size_t axis, const Bounds& bounds);

/// The elements at `positions` of `axis`; nothing when one is out of range or there are too many.
[[nodiscard]] std::optional<ShapeValue> taken(const ShapeValue& content, std::size_t axis,
                                              const std::vector<std::size_t>& positions);

}  // namespace ortopt::shape
