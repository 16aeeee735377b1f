#include "passes/anchors.h"

#include <algorithm>

namespace ortopt {

bool joins(const Node& node, std::string_view op, double number, const Analysis& facts) {
  return std::ranges::any_of(node.output()->uses(), [&](const Use& use) {
    const Value* other = use.node->is(op) ? use.node->input(1 - use.slot) : nullptr;
    return other != nullptr && facts.scalar(*other) == number;
  });
}

}  // namespace ortopt
