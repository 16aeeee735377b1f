#include "ortopt/passes/norm_before_reshape.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

bool is_norm_over_last_axis(const Node& node, const Analysis& facts) {
  if (!node.is("LayerNormalization") && !node.is("SimplifiedLayerNormalization") &&
      !node.is("RMSNormalization"))
    return false;
  const auto rank = facts.rank(*node.input(0));
  const int64_t axis = node.int_attribute("axis", -1);
  const bool has_one_output = std::ranges::all_of(
      node.outputs().subspan(1),
      [](const Value* output) { return output == nullptr || output->is_dead(); });
  return has_one_output && rank && (axis == -1 || axis == static_cast<int64_t>(*rank) - 1);
}

bool is_residual_sum(const Value& value, const Analysis& facts) {
  const Node* node = value.producer();
  return node != nullptr && (node->is("Add") || node->is("Sub")) &&
         std::ranges::none_of(node->inputs(), [&](const Value* addend) {
           return addend == nullptr || facts.is_constant(*addend);
         });
}

/// The Reshape that the norm reads, when the norm may be taken before it.
Node* reshape_above(const Node& norm, const Analysis& facts) {
  Node* node = norm.input(0)->producer();
  if (node == nullptr || (!node->is("Reshape") && !node->is("Flatten") && !node->is("Squeeze") &&
                          !node->is("Unsqueeze")))
    return nullptr;
  if (!is_residual_sum(*node->input(0), facts)) return nullptr;
  const auto before = facts.dim(*node->input(0), -1);
  const auto after = facts.dim(*node->output(), -1);
  return before && after && *before == *after ? node : nullptr;
}

/// A node like `node` that reads `source` in the place of its first input.
NodeSpec moved_to(const Node& node, Value& source, std::string output) {
  NodeSpec spec{.domain = node.domain(),
                .op = node.op(),
                .inputs = {node.inputs().begin(), node.inputs().end()},
                .outputs = {std::move(output)}};
  spec.inputs.front() = &source;
  for (const std::string& name : node.attribute_names()) {
    if (const auto number = node.int_attribute(name)) spec.attributes.emplace_back(name, *number);
    if (const auto numbers = node.ints_attribute(name))
      spec.attributes.emplace_back(name, *numbers);
    if (const auto number = node.float_attribute(name)) spec.attributes.emplace_back(name, *number);
  }
  return spec;
}

}  // namespace

Result<Changes> NormBeforeReshape::run(Graph& graph, Context& context) const {
  Changes changes;
  for (Node* norm : graph.node_list()) {
    const Analysis& facts = context.analysis();
    if (!is_norm_over_last_axis(*norm, facts)) continue;
    Node* reshape = reshape_above(*norm, facts);
    if (reshape == nullptr || !context.selects(id(), *norm)) continue;
    Rewriter to(id(), *norm, context);
    NodeSpec earlier = moved_to(*norm, *reshape->input(0), norm->output()->name() + "_unshaped");
    for (auto& [name, value] : earlier.attributes)
      if (name == "axis") value = int64_t{-1};
    Value& normed = *to.node(std::move(earlier)).output();
    Node& moved = to.node(moved_to(*reshape, normed, norm->output()->name()));
    to.replace(*norm->output(), *moved.output());
    Node* const gone[] = {norm};
    to.finish(normed, gone);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
