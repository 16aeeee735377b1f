#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "ortopt/ir/graph.h"

namespace ortopt {

/// What has to be of one type where values go into nested graphs and come out of them: the state of
/// a Loop, what both branches of an If give.
struct Border {
  std::optional<std::size_t> input;   ///< Of the node that holds the graphs.
  std::optional<std::size_t> output;  ///< Likewise.
  std::vector<Value*> inner_inputs;
  std::vector<std::pair<Graph*, std::size_t>> inner_outputs;
};

/// The borders of an If, Loop or Scan; none for other nodes, and for a Scan of before opset 9, whose
/// inputs are others.
[[nodiscard]] std::vector<Border> borders_of(const Node& node);

}  // namespace ortopt
