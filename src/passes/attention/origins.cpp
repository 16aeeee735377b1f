#include "passes/attention/origins.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>

namespace ortopt::attention {
namespace {

/// A cone of more values than this is no operand of an attention.
constexpr std::size_t max_cone = 300;

template <std::size_t size>
bool is_any_of(const Node& node, const std::array<std::string_view, size>& operators) {
  return node.domain().empty() && std::ranges::find(operators, node.op()) != operators.end();
}

}  // namespace

bool is_view(const Node& node) {
  static constexpr std::array<std::string_view, 9> views = {"Reshape", "Transpose", "Unsqueeze",
                                                            "Squeeze", "Flatten",   "Identity",
                                                            "Cast",    "Dropout",   "CastLike"};
  return is_any_of(node, views);
}

bool is_projection(const Node& node, const Analysis& facts) {
  static constexpr std::array<std::string_view, 4> products = {"MatMul", "Gemm", "Einsum", "Conv"};
  if (!is_any_of(node, products) || node.inputs().size() < 2) return false;
  return std::ranges::any_of(node.inputs().first(2), [&](const Value* input) {
    return input != nullptr && facts.is_constant(*input);
  });
}

std::vector<Use> readers_of(const Value& value) {
  std::vector<Use> readers;
  for (const Use& use : value.uses())
    if (!use.node->is("Shape") && !use.node->is("IsNaN")) readers.push_back(use);
  return readers;
}

std::optional<Equation> Equation::of(const Node& einsum) {
  std::string text = einsum.string_attribute("equation").value_or("");
  std::erase(text, ' ');
  const std::size_t arrow = text.find("->");
  if (arrow == std::string::npos || has(text, '.')) return std::nullopt;
  Equation equation{.terms = {""}, .result = text.substr(arrow + 2)};
  for (const char letter : text.substr(0, arrow))
    if (letter == ',')
      equation.terms.emplace_back();
    else
      equation.terms.back() += letter;
  return equation;
}

const std::vector<Node*>& Origins::of(Value& value) {
  const auto [slot, fresh] = known_.try_emplace(&value);
  if (!fresh) return slot->second;
  static constexpr std::array<std::string_view, 4> no_content = {"Shape", "Size", "Cos", "Sin"};
  std::vector<Node*>& found = slot->second;
  std::set<const Value*> seen;
  std::vector<Value*> open = {&value};
  while (!open.empty() && seen.size() <= max_cone) {
    Value* at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    Node* producer = at->producer();
    if (producer == nullptr || facts_->is_constant(*at)) continue;
    if (is_projection(*producer, *facts_)) {
      if (std::ranges::find(found, producer) == found.end()) found.push_back(producer);
      continue;
    }
    if (is_any_of(*producer, no_content)) continue;
    for (Value* input : producer->inputs())
      if (input != nullptr) open.push_back(input);
  }
  return found;
}

}  // namespace ortopt::attention
