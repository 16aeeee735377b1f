#include "ortopt/passes/shape_sources.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

/// One size: a number, or dimension `axis` of `input`.
struct Source {
  std::optional<int64_t> number;
  Value* input = nullptr;
  int64_t axis = 0;
};

std::optional<Source> source_of(const Dim& size, const Graph& graph, const Analysis& facts) {
  if (const auto number = size.constant()) return Source{.number = number};
  for (Value* input : graph.inputs()) {
    const auto shape = facts.shape(*input);
    if (!shape) continue;
    const auto found = std::ranges::find(*shape, size);
    if (found != shape->end()) return Source{.input = input, .axis = found - shape->begin()};
  }
  return std::nullopt;
}

std::optional<std::vector<Source>> sources_of(const Value& shape, const Graph& graph,
                                              const Analysis& facts) {
  const auto sizes = facts.dims_of(shape);
  if (!sizes) return std::nullopt;
  std::vector<Source> sources;
  for (const Dim& size : *sizes) {
    const auto source = source_of(size, graph, facts);
    if (!source) return std::nullopt;
    sources.push_back(*source);
  }
  return sources;
}

bool is_read_for_its_shape_only(const Value& value) {
  return value.producer() != nullptr && !value.is_graph_output() &&
         std::ranges::all_of(value.uses(), [](const Use& use) { return use.node->is("Shape"); });
}

/// The vector [source] of one size.
Value& as_vector(const Source& source, Rewriter& to) {
  if (source.number) {
    const int64_t number[] = {*source.number};
    return to.constant("size_" + std::to_string(*source.number), Tensor::of_int64s(number));
  }
  const int64_t axis[] = {source.axis};
  Value& shape = to.node("", "Shape", {source.input});
  Value& index = to.constant("axis_" + std::to_string(source.axis), Tensor::of_int64s(axis));
  return to.node("", "Gather", {&shape, &index});
}

}  // namespace

Result<Changes> ShapeSources::run(Graph& graph, Context& context) const {
  Changes changes;
  if (graph.owner() != nullptr) return changes;  // the inputs of a body are not the model's
  for (Node* node : graph.node_list()) {
    if (node->is_removed() || !node->is("Shape") || !is_read_for_its_shape_only(*node->input(0)))
      continue;
    const auto sources = sources_of(*node->output(), graph, context.analysis());
    if (!sources || sources->empty()) continue;
    Rewriter to(id(), *node, context);
    std::vector<Value*> parts;
    for (const Source& source : *sources) parts.push_back(&as_vector(source, to));
    Value& shape = parts.size() == 1
                       ? *parts[0]
                       : to.node("", "Concat", std::move(parts), {{"axis", int64_t{0}}});
    to.replace(*node->output(), shape);
    Node* const gone[] = {node};
    to.finish(gone);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
