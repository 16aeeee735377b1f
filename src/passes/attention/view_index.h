#pragma once

#include <optional>
#include <vector>

#include "ortopt/shape/layout.h"

namespace ortopt::attention {

/// Where the element at `index` of a view came from: `from` and `to` are the dimensions before and
/// after a Reshape, Squeeze, Unsqueeze or Flatten. By factors: target index → digits (quotient and
/// remainder by each factor's size) → source index. Nothing when the factors do not correspond.
[[nodiscard]] std::optional<std::vector<Dim>> index_before_view(const std::vector<LayoutDim>& from,
                                                                const std::vector<LayoutDim>& to,
                                                                const std::vector<Dim>& index);

}  // namespace ortopt::attention
