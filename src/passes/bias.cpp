#include "passes/bias.h"

#include <algorithm>

namespace ortopt {

pattern::Pattern bias_capture() {
  return where(
      pattern::any("bias"),
      [](const Value& value, const pattern::Match& match) {
        return match.facts().rank(value) == std::size_t{1};
      },
      "it is no bias of rank 1");
}

std::optional<std::string> bias_objection(const pattern::Match& match, const pattern::Pattern& x,
                                          const pattern::Pattern& bias) {
  const Analysis& facts = match.facts();
  const std::string name = "'" + match[bias].name() + "'";
  const auto bias_shape = facts.shape(match[bias]);
  const auto shape = facts.shape(match[x]);
  if (!bias_shape || !shape)
    return "the shapes of " + name + " and what it is added to are not known";
  if (shape->empty() || shape->back() != bias_shape->front())
    return name + " is as long as " + bias_shape->front().text() + ", not as the last axis of '" +
           match[x].name() + "'";
  return std::nullopt;
}

bool reads_sum(const Node& node, const Analysis& facts) {
  const Node* sum = node.input(0) == nullptr ? nullptr : node.input(0)->producer();
  return sum != nullptr && sum->is("Add") &&
         std::ranges::any_of(sum->inputs(), [&](const Value* operand) {
           return operand != nullptr && facts.rank(*operand) == std::size_t{1};
         });
}

}  // namespace ortopt
