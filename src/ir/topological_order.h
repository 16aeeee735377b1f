#pragma once

#include <vector>

namespace ortopt {

/// needs[k]: the items that must come before item k.
using Needs = std::vector<std::vector<int>>;

/// Either all items in an order that respects their needs, or the items of one circle.
struct TopologicalOrder {
  std::vector<int> order;
  std::vector<int> circle;
};

/// Whether the order 0, 1, 2, … respects the needs.
[[nodiscard]] bool is_ordered(const Needs& needs);

/// Items in ascending order, each after what it needs: stable, linear, and deep chains cost no call
/// stack.
[[nodiscard]] TopologicalOrder topological_order(const Needs& needs);

}  // namespace ortopt
