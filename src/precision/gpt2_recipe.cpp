#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "ortopt/ir/recipe.h"
#include "ortopt/precision/half_weights.h"
#include "precision/marks.h"

namespace ortopt {
namespace {

/// A weight that was trained in half precision is the same after a round trip, but for this.
constexpr float most_lost = 1e-6F;

/// Whether rounding to half precision changes any number by more than that; a weight that cannot be
/// read counts as changed.
bool loses_digits(const Tensor& weight, const PrecisionOptions& options) {
  if (weight.dtype() != DataType::float32) return false;
  const Tensor back =
      converted(as_half(weight, options.half_type(), options.half_range()), DataType::float32);
  constexpr uint64_t at_once = 64 * 1024;
  std::vector<float> before(at_once);
  std::vector<float> after(at_once);
  const auto count = static_cast<uint64_t>(weight.element_count());
  for (uint64_t first = 0; first < count; first += at_once) {
    const uint64_t size = std::min(at_once, count - first);
    before.resize(size);
    after.resize(size);
    for (const auto& [tensor, numbers] : {std::pair(&weight, &before), std::pair(&back, &after)})
      if (!read_content(*tensor, first * sizeof(float),
                        std::as_writable_bytes(std::span(*numbers))))
        return true;
    for (uint64_t k = 0; k < size; ++k)
      if (!(std::abs(before[k] - after[k]) < most_lost)) return true;
  }
  return false;
}

/// The product that gives the logits: the first output, perhaps behind a Cast.
const Node* find_last_product(const Graph& graph) {
  if (graph.outputs().empty()) return nullptr;
  const Node* node = graph.outputs().front()->producer();
  while (node != nullptr && (node->is("Cast") || node->is("Identity")))
    node = node->input(0)->producer();
  return node != nullptr && node->is("MatMul") ? node : nullptr;
}

}  // namespace

void Gpt2Recipe::run(const MarkScope& scope, Marks& marks) const {
  if (scope.options.recipe != PrecisionRecipe::gpt2) return;
  static const std::set<std::string_view> kept = {
      "Add", "LayerNormalization", "SkipLayerNormalization", "FastGelu", "EmbedLayerNormalization"};
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes())
      if (kept.contains(node.op())) marks.keep(node, id(), "the recipe for GPT-2 keeps it");
  });
  const Node* last = find_last_product(scope.graph);
  const Tensor* weight = last == nullptr ? nullptr : scope.facts.constant(*last->input(1));
  if (weight != nullptr && loses_digits(*weight, scope.options))
    marks.keep(*last, id(), "the weight of the logits was not trained in half precision");
}

}  // namespace ortopt
