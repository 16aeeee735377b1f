#include "passes/anchors.h"

#include <algorithm>
#include <initializer_list>

namespace ortopt {
namespace {

bool is_any_of(const Node* node, std::initializer_list<std::string_view> ops) {
  return node != nullptr && node->domain().empty() &&
         std::ranges::find(ops, node->op()) != ops.end();
}

/// The producer of the input that is itself computed, through casts.
const Node* computed_input(const Node& node) {
  for (const Value* input : node.inputs()) {
    const Node* producer = input == nullptr ? nullptr : input->producer();
    if (is_any_of(producer, {"Cast"})) return computed_input(*producer);
    if (producer != nullptr) return producer;
  }
  return nullptr;
}

/// x − E[x], also as the sum with a negative.
bool takes_off(const Node* node) {
  if (is_any_of(node, {"Sub"})) return true;
  return is_any_of(node, {"Add"}) && std::ranges::any_of(node->inputs(), [](const Value* input) {
           return input != nullptr && is_any_of(input->producer(), {"Neg"});
         });
}

}  // namespace

MeanUnder mean_under(const Node& root) {
  const Node* node = computed_input(root);
  while (is_any_of(node, {"Add", "Max"})) node = computed_input(*node);
  if (!is_any_of(node, {"ReduceMean", "GlobalAveragePool"})) return MeanUnder::nothing;
  const Node* square = computed_input(*node);
  if (!is_any_of(square, {"Pow", "Mul"})) return MeanUnder::nothing;
  return takes_off(computed_input(*square)) ? MeanUnder::squared_deviations : MeanUnder::squares;
}

bool joins(const Node& node, std::string_view op, double number, const Analysis& facts) {
  return std::ranges::any_of(node.output()->uses(), [&](const Use& use) {
    const Value* other = use.node->is(op) ? use.node->input(1 - use.slot) : nullptr;
    return other != nullptr && facts.scalar(*other) == number;
  });
}

}  // namespace ortopt
