#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "ortopt/precision/gauges.h"
#include "ortopt/shape/layers.h"

namespace ortopt {

/// Nodes of one kind in one layer, which are kept or given back together.
struct MixedGroup {
  std::string name;                ///< "MatMul, layer 3".
  std::vector<std::size_t> nodes;  ///< In Gauges::nodes.
  double introduced = 0;           ///< How much of the difference comes in here.
};

/// What half precision made of the results of each node, and how much of it came in there.
struct NodeDifference {
  double own = 0;         ///< ‖a − b‖ / ‖a‖ of its results.
  double introduced = 0;  ///< What is not there in its inputs yet.
};

/// By the differences of values.
[[nodiscard]] NodeDifference difference_at(const GaugedNode& node,
                                           const std::map<std::string, double>& differences);

/// Those of `nodes` in groups, the ones that introduce most first.
[[nodiscard]] std::vector<MixedGroup> group_by_difference(
    const Gauges& gauges, const std::vector<std::size_t>& nodes, const Layers& layers,
    const std::map<std::string, double>& differences);

}  // namespace ortopt
