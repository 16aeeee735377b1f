#include "ortopt/ir/verify.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <string>
#include <unordered_set>

#include "ir/quoted.h"

namespace ortopt {
namespace {

/// The invariants of one graph and of those nested in it. Each check says what it expected and
/// where it found otherwise.
class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph) {}

  Result<void> run();

 private:
  Result<void> check_node(const Node& node);
  Result<void> check_input(const Node& node, std::size_t slot, const Value& value);
  Result<void> check_output(const Node& node, std::size_t slot, const Value& value);
  Result<void> check_nested(const Node& node);
  Result<void> check_uses(const Value& value);
  Result<void> check_signature();
  Result<void> check_initializers();
  Result<void> check_outputs();
  /// The node of `value`'s graph that `node` is, or is nested in; null when it is outside.
  [[nodiscard]] static const Node* ancestor_in(const Graph& graph, const Node& node);
  [[nodiscard]] Result<void> broken(const std::string& what) const;

  const Graph& graph_;
  std::unordered_set<const Value*> seen_;  // values of this graph met so far
};

Result<void> Verifier::broken(const std::string& what) const {
  return fail(Code::internal, "graph " + quoted(graph_.name()) + ": " + what);
}

const Node* Verifier::ancestor_in(const Graph& graph, const Node& node) {
  const Node* at = &node;
  while (at != nullptr && &at->graph() != &graph) at = at->graph().owner();
  return at;
}

Result<void> Verifier::run() {
  if (auto done = check_signature(); !done) return done;
  if (auto done = check_initializers(); !done) return done;
  std::size_t count = 0;
  const Node* previous = nullptr;
  for (const Node& node : graph_.nodes()) {
    ++count;
    if (&node.graph() != &graph_ || node.is_removed())
      return broken("node " + quoted(node.label()) + " belongs elsewhere or was removed");
    if (previous != nullptr && !previous->precedes(node))
      return broken("node " + quoted(node.label()) + " is numbered before the node it follows");
    previous = &node;
    if (auto done = check_node(node); !done) return done;
  }
  if (count != graph_.node_count())
    return broken("expected " + std::to_string(graph_.node_count()) + " nodes, found " +
                  std::to_string(count));
  for (const Value* value : seen_)
    if (auto done = check_uses(*value); !done) return done;
  return check_outputs();
}

Result<void> Verifier::check_signature() {
  for (const Value* input : graph_.inputs()) {
    if (!input->is_graph_input() || input->producer() != nullptr ||
        input->initializer() != nullptr || &input->graph() != &graph_)
      return broken("input " + quoted(input->name()) + " is something else as well");
    if (!seen_.insert(input).second)
      return broken("input " + quoted(input->name()) + " is listed twice");
  }
  return {};
}

Result<void> Verifier::check_initializers() {
  for (const Value* value : graph_.initializers()) {
    if (value->initializer() == nullptr || value->producer() != nullptr ||
        value->is_graph_input() || &value->graph() != &graph_)
      return broken("initializer " + quoted(value->name()) + " is something else as well");
    if (!seen_.insert(value).second)
      return broken("initializer " + quoted(value->name()) + " is listed twice");
    const Tensor& tensor = *value->initializer();
    if (std::any_of(tensor.dims().begin(), tensor.dims().end(), [](int64_t d) { return d < 0; }))
      return broken("initializer " + quoted(value->name()) + " has a negative dimension");
    if (const auto* bytes = std::get_if<Tensor::Bytes>(&tensor.content()))
      if (*bytes == nullptr || (*bytes)->size() != tensor.byte_size())
        return broken("initializer " + quoted(value->name()) + " has content of another size");
  }
  for (const std::string& name : graph_.initializers_listed_as_inputs())
    if (const Value* value = graph_.find(name); value == nullptr || value->initializer() == nullptr)
      return broken(quoted(name) + " is listed as an input with a default and has none");
  for (const auto& sparse : graph_.remainder().sparse_initializer())
    if (const Value* value = graph_.find(sparse.values().name())) seen_.insert(value);
  return {};
}

void collect_outputs(const Graph& graph, std::unordered_set<const Value*>& outputs) {
  outputs.insert(graph.outputs().begin(), graph.outputs().end());
  for (const Node& node : graph.nodes())
    for (const auto& [name, nested] : node.graphs()) collect_outputs(*nested, outputs);
}

Result<void> Verifier::check_outputs() {
  for (const Value* output : graph_.outputs())
    if (&output->graph() == &graph_ && !seen_.contains(output))
      return broken("output " + quoted(output->name()) + " is computed by no node");
  std::unordered_set<const Value*> outputs;
  collect_outputs(graph_, outputs);
  for (const Value* value : seen_)
    if (value->is_graph_output() != outputs.contains(value))
      return broken(quoted(value->name()) + " is wrong about being a graph output");
  return {};
}

Result<void> Verifier::check_node(const Node& node) {
  for (std::size_t slot = 0; slot < node.inputs().size(); ++slot)
    if (const Value* value = node.inputs()[slot])
      if (auto done = check_input(node, slot, *value); !done) return done;
  // Nested graphs first: what they read must precede this node, its own results do not.
  if (auto done = check_nested(node); !done) return done;
  for (std::size_t slot = 0; slot < node.outputs().size(); ++slot)
    if (const Value* value = node.outputs()[slot])
      if (auto done = check_output(node, slot, *value); !done) return done;
  return {};
}

Result<void> Verifier::check_input(const Node& node, std::size_t slot, const Value& value) {
  const std::string place = "input " + std::to_string(slot) + " (" + quoted(value.name()) +
                            ") of node " + quoted(node.label());
  if (std::find(value.uses().begin(), value.uses().end(), Use{const_cast<Node*>(&node), slot}) ==
      value.uses().end())
    return broken(place + " is not among its uses");
  const Node* reader = ancestor_in(value.graph(), node);
  if (reader == nullptr) return broken(place + " is not visible there");
  if (graph_.resolve(value.name()) != &value)
    return broken(place + ": its name means something else there");
  if (&value.graph() == &graph_
          ? !seen_.contains(&value)
          : value.producer() != nullptr && !value.producer()->precedes(*reader))
    return broken(place + " is computed after it is read");
  return {};
}

Result<void> Verifier::check_output(const Node& node, std::size_t slot, const Value& value) {
  const std::string place = "output " + std::to_string(slot) + " (" + quoted(value.name()) +
                            ") of node " + quoted(node.label());
  if (value.producer() != &node || value.output_index() != slot)
    return broken(place + " names another producer");
  if (&value.graph() != &graph_ || graph_.find(value.name()) != &value)
    return broken(place + " is not known to the graph by its name");
  if (value.is_graph_input() || value.initializer() != nullptr)
    return broken(place + " is an input or an initializer as well");
  if (!seen_.insert(&value).second) return broken(place + " is there twice");
  return {};
}

Result<void> Verifier::check_nested(const Node& node) {
  for (const auto& [name, nested] : node.graphs()) {
    if (nested->owner() != &node)
      return broken("nested graph " + quoted(name) + " of node " + quoted(node.label()) +
                    " names another owner");
    if (auto done = Verifier(*nested).run(); !done) return done;
  }
  return {};
}

Result<void> Verifier::check_uses(const Value& value) {
  for (const Use& use : value.uses()) {
    if (use.node == nullptr || use.node->is_removed() || use.node->input(use.slot) != &value)
      return broken("a use of " + quoted(value.name()) + " is out of date");
    if (ancestor_in(graph_, *use.node) == nullptr)
      return broken(quoted(value.name()) + " is used outside its graph");
  }
  return {};
}

}  // namespace

Result<void> verify(const Graph& graph) { return Verifier(graph).run(); }

}  // namespace ortopt
