#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/input_dims.h"

namespace ortopt {

/// Sizes of inputs that a graph gives away, likeliest first.
struct GraphSizes {
  /// The first two sizes of reshapes with constant shapes: batch and sequence of a model that was
  /// exported with them fixed.
  std::vector<std::pair<int64_t, int64_t>> reshaped_to;
  /// Widths of images and lengths of sounds that tables of positions fit.
  std::vector<int64_t> extents;
};

[[nodiscard]] GraphSizes find_graph_sizes(const Graph& graph,
                                          const std::vector<InputFacts>& inputs);

}  // namespace ortopt
