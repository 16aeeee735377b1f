#include "passes/attention/probabilities.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "passes/attention/origins.h"

namespace ortopt::attention {
namespace {

/// Rearrangements between softmax, product and merge; more than this is something else.
constexpr int max_steps = 20;

Recognised<Operand> values_of_matmul(const Node& product, std::size_t slot, const ScoreAxes& axes,
                                     const Layout& layout) {
  if (!axes.are_last() || (axes.key == -1) != (slot == 0))
    return refuse("values are not multiplied over the keys");
  const std::size_t rank = layout.rank();
  const std::size_t row = slot == 0 ? rank - 2 : rank - 1;
  return Operand{.value = product.input(1 - slot),
                 .batch = {layout.dims.begin(), layout.dims.end() - 2},
                 .row = layout.dims[row],
                 .features = layout.dims[row == rank - 1 ? rank - 2 : rank - 1]};
}

Recognised<Operand> values_of_einsum(const Node& product, std::size_t slot, const ScoreAxes& axes,
                                     const Layout& layout) {
  const auto equation = Equation::of(product);
  if (!equation || equation->terms.size() != 2) return refuse("Einsum without a plain equation");
  const std::string& own = equation->terms[1 - slot];
  const std::string& other = equation->terms[slot];
  if (own.size() != layout.rank() || other.size() < 2)
    return refuse("Einsum does not fit its operands");
  const char key = other[other.size() - static_cast<std::size_t>(-axes.key)];
  Operand operand{.value = product.input(1 - slot)};
  std::size_t rows = 0;
  std::size_t features = 0;
  for (std::size_t k = 0; k < own.size(); ++k) {
    if (!has(equation->result, own[k])) {
      if (own[k] != key) return refuse("values are not multiplied over the keys");
      operand.row = layout.dims[k];
      ++rows;
    } else if (has(other, own[k])) {
      operand.batch.push_back(layout.dims[k]);
    } else {
      operand.features = layout.dims[k];
      ++features;
    }
  }
  if (rows != 1 || features != 1) return refuse("Einsum is no product of probabilities and values");
  return operand;
}

/// Whether the value's last dimension is the whole of `(n d)` of a product with values.
bool is_merged(const Value& value, const Analysis& facts) {
  const Layout* layout = facts.layout(value);
  if (layout == nullptr || layout->dims.empty() || layout->dims.back().size() != 1) return false;
  const Factor& last = layout->dims.back().front();
  return last.axis->is_heads && last.stride.is(1) && last.size == last.axis->size;
}

/// The merged results behind a product with values. Some graphs never merge: an Einsum with the
/// output weight contracts heads and features at once, ConvBERT sets more heads beside these,
/// SqueezeBERT keeps features in front of positions. Then it is the rearranged products, the
/// farthest first.
std::vector<Value*> merged_outputs(Value& product, const Analysis& facts) {
  std::vector<Value*> outputs;
  std::vector<Value*> unmerged;
  Value* at = &product;
  for (int step = 0; step < max_steps; ++step) {
    if (is_merged(*at, facts)) outputs.push_back(at);
    unmerged.insert(unmerged.begin(), at);
    const std::vector<Use> readers = readers_of(*at);
    if (readers.size() == 1 && outputs.empty() && readers.front().node->is("Einsum")) return {at};
    if (readers.size() != 1 || !is_view(*readers.front().node) || readers.front().slot != 0) break;
    if (at->is_graph_output()) break;
    at = readers.front().node->output();
  }
  if (!outputs.empty()) return outputs;
  std::erase_if(unmerged, [&](const Value* value) { return facts.layout(*value) == nullptr; });
  return unmerged;
}

/// What a reader does to the probabilities when it may be there for rows that see no key; whether
/// it is, a proof of the masks tells.
std::optional<MaskTerm> guard_at(const Use& reader, const ScoreAxes& axes, const Analysis& facts) {
  using Kind = MaskTerm::Kind;
  const Node& node = *reader.node;
  if (!axes.are_last() || node.inputs().size() < 2) return std::nullopt;
  MaskTerm term{.key_axis = axes.key, .on_probabilities = true};
  if (node.is("Mul") || node.is("Add")) {
    term.kind = node.is("Mul") ? Kind::multiply : Kind::add;
    term.value = node.input(1 - reader.slot);
  } else if (node.is("Where") && reader.slot != 0) {
    term.kind = reader.slot == 1 ? Kind::keep_where : Kind::drop_where;
    term.value = node.input(0);
    term.fill = facts.scalar(*node.input(3 - reader.slot));
  }
  if (term.value == nullptr || facts.scalar(*term.value)) return std::nullopt;
  return term;
}

/// Moves on over one reader of the probabilities that is not the product; refused when it changes
/// them. Says whether it was a guard against NaN.
Recognised<bool> pass_over(const Use& reader, const Value& from, const Analysis& facts,
                           ScoreAxes& axes) {
  const Node& node = *reader.node;
  if (node.is("Where") && reader.slot == 2) {
    const Node* test = node.input(0)->producer();
    const auto fill = facts.scalar(*node.input(1));
    if (test != nullptr && test->is("IsNaN") && test->input(0) == &from && fill == 0.0) return true;
  }
  if (!is_view(node) || reader.slot != 0) return refuse(node.op() + " after softmax");
  const auto below = axes_below(node, axes, facts);
  if (!below) return tl::unexpected<Refusal>(below.error());
  axes = *below;
  return false;
}

Recognised<ProbabilityChain> at_product(const Use& reader, const ScoreAxes& axes,
                                        const Analysis& facts, ProbabilityChain chain) {
  Node& product = *reader.node;
  const Value* values = product.input(1 - reader.slot);
  const Layout* layout = values == nullptr ? nullptr : facts.layout(*values);
  if (layout == nullptr || layout->rank() < 2) return refuse("the values have no known layout");
  auto operand = product.is("Einsum") ? values_of_einsum(product, reader.slot, axes, *layout)
                                      : values_of_matmul(product, reader.slot, axes, *layout);
  if (!operand) return tl::unexpected<Refusal>(operand.error());
  chain.value = std::move(*operand);
  chain.outputs = merged_outputs(*product.output(), facts);
  if (chain.outputs.empty()) return refuse("the layout of the output is unknown");
  return chain;
}

}  // namespace

Recognised<ProbabilityChain> walk_probabilities(Value& probabilities, ScoreAxes axes,
                                                const Analysis& facts) {
  std::set<Feature> features;
  std::vector<MaskTerm> guards;
  Value* at = &probabilities;
  for (int step = 0; step < max_steps; ++step) {
    if (at->is_graph_output()) return refuse("the probabilities are a graph output");
    const std::vector<Use> readers = readers_of(*at);
    if (readers.empty()) return refuse("the probabilities are not used");
    if (readers.size() > 1)
      return refuse("the probabilities are used elsewhere: " + readers.back().node->op() + " '" +
                    readers.back().node->label() + "'");
    const Use& reader = readers.front();
    if ((reader.node->is("MatMul") || reader.node->is("Einsum")) &&
        reader.node->inputs().size() == 2)
      return at_product(reader, axes, facts, {.guards = guards, .features = features});
    const auto passed = pass_over(reader, *at, facts, axes);
    if (const auto guard = passed ? std::nullopt : guard_at(reader, axes, facts)) {
      guards.push_back(*guard);
      at = reader.node->output();
      continue;
    }
    if (!passed) return tl::unexpected<Refusal>(passed.error());
    if (*passed) features.insert(Feature::nan_guard);
    at = reader.node->output();
  }
  return refuse("no product with values below the softmax");
}

}  // namespace ortopt::attention
