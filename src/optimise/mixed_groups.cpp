#include "optimise/mixed_groups.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <ranges>

namespace ortopt {
namespace {

double largest_of(const std::vector<std::string>& values,
                  const std::map<std::string, double>& differences) {
  double largest = 0;
  for (const std::string& value : values)
    if (const auto known = differences.find(value); known != differences.end())
      largest = std::max(largest, known->second);
  return largest;
}

/// For each value, how much of the difference its readers bring in, through moves. Who makes a
/// difference large is as much in need of float32 as who feeds it: x + 3000 − 3000.
std::map<std::string, double> find_introduced_by_readers(
    const Gauges& gauges, const std::map<std::string, double>& differences) {
  std::map<std::string, double> introduced;
  for (const GaugedNode& node : gauges.nodes | std::views::reverse) {
    double here = difference_at(node, differences).introduced;
    if (node.is_move) here = std::max(here, largest_of(node.outputs, introduced));
    for (const std::string& input : node.inputs) {
      double& known = introduced[input];
      known = std::max(known, here);
    }
  }
  return introduced;
}

}  // namespace

NodeDifference difference_at(const GaugedNode& node,
                             const std::map<std::string, double>& differences) {
  const double before = largest_of(node.inputs, differences);
  const double own = largest_of(node.outputs, differences);
  // Where numbers have become none already, nothing more can be told.
  if (std::isinf(before)) return {own, 0};
  // Roundings have nothing to do with each other: their squares add up.
  const double introduced = std::sqrt(std::max(0.0, (own - before) * (own + before)));
  return {own, introduced};
}

std::vector<MixedGroup> group_by_difference(const Gauges& gauges,
                                            const std::vector<std::size_t>& nodes,
                                            const Layers& layers,
                                            const std::map<std::string, double>& differences) {
  const std::map<std::string, double> introduced_by_readers =
      find_introduced_by_readers(gauges, differences);
  std::vector<MixedGroup> groups;
  for (const std::size_t index : nodes) {
    const GaugedNode& node = gauges.nodes[index];
    const auto layer = layers.of(node.node);
    const std::string name = layer ? node.op + ", " + layer_name(*layer) : node.op;
    auto group = std::ranges::find(groups, name, &MixedGroup::name);
    if (group == groups.end()) group = groups.insert(groups.end(), {.name = name});
    group->nodes.push_back(index);
    group->introduced = std::max({group->introduced, difference_at(node, differences).introduced,
                                  largest_of(node.outputs, introduced_by_readers)});
  }
  std::ranges::stable_sort(groups, std::greater<>(), &MixedGroup::introduced);
  return groups;
}

}  // namespace ortopt
