#include <optional>

#include "ortopt/ir/axis.h"
#include "precision/marks.h"
#include "precision/operator_classes.h"

namespace ortopt {
namespace {

/// Sums of as many numbers as this are exact enough.
constexpr int64_t short_axis = 128;

/// The elements that one result is the sum of, when it can be told.
std::optional<int64_t> count_of(const Node& node, const Analysis& facts) {
  const auto before = facts.static_shape(*node.input(0));
  if (!before || !node.domain().empty()) return std::nullopt;
  const auto axes =
      node.input(1) != nullptr ? facts.ints_of(*node.input(1)) : node.ints_attribute("axes");
  int64_t count = 1;
  if (!axes || axes->empty()) {
    for (const int64_t size : *before) count *= size;
    return count;
  }
  const auto summed = axes_from_front(*axes, before->size());
  if (!summed) return std::nullopt;
  for (const std::size_t axis : *summed) count *= (*before)[axis];
  return count;
}

}  // namespace

void LongSums::run(const MarkScope& scope, Marks& marks) const {
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes()) {
      if (!is_sum(node) || !is_float32(node.input(0), scope.facts)) continue;
      if (is_sum_of_squares(node)) {
        marks.keep(node, id(), "sums squares");
        continue;
      }
      const auto count = node.is("CumSum") ? std::nullopt : count_of(node, scope.facts);
      if (count && *count <= short_axis) continue;
      marks.keep(node, id(),
                 count ? "sums " + std::to_string(*count) + " numbers"
                       : std::string("sums nobody knows how many numbers"));
    }
  });
}

}  // namespace ortopt
