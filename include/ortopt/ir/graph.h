#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/node.h"
#include "ortopt/ir/tensor.h"
#include "ortopt/ir/value.h"

namespace onnx {
class GraphProto;
class NodeProto;
}  // namespace onnx

namespace ortopt {

class Model;
class NameRegistry;

/// Nodes in a topological order, the values between them, and the graph's inputs, outputs and
/// initializers. Owns them all. Nested graphs are Graphs whose `owner()` is the node that holds
/// them; names of outer graphs are visible inside, and a use from inside is a use. Passes change a
/// graph through pass/rewriter.h only.
class Graph {
 public:
  /// Walks nodes in order. The node under the iterator may be removed once the iterator has moved
  /// on; nodes may be inserted anywhere.
  class NodeIterator {
   public:
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    explicit NodeIterator(Node* at = nullptr) : at_(at) {}
    Node& operator*() const { return *at_; }
    Node* operator->() const { return at_; }
    NodeIterator& operator++();
    NodeIterator operator++(int);
    friend bool operator==(NodeIterator, NodeIterator) = default;

   private:
    Node* at_;
  };
  struct NodeRange {
    NodeIterator first;
    [[nodiscard]] NodeIterator begin() const { return first; }
    [[nodiscard]] NodeIterator end() const { return NodeIterator(); }
  };

  /// An empty graph of `model`; `owner` is the node that holds it, null for the main graph.
  Graph(Model& model, Node* owner, std::string name);
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Model& model() const { return *model_; }
  [[nodiscard]] Node* owner() const { return owner_; }
  /// The graph around this one, or null.
  [[nodiscard]] Graph* parent() const;

  /// In the order of the signature. Initializers that the file lists as inputs are not among them.
  [[nodiscard]] const std::vector<Value*>& inputs() const { return inputs_; }
  [[nodiscard]] const std::vector<Value*>& outputs() const { return outputs_; }
  /// In the order of the file, new ones last.
  [[nodiscard]] const std::vector<Value*>& initializers() const { return initializers_; }
  [[nodiscard]] NodeRange nodes() const { return {NodeIterator(first_)}; }
  /// A snapshot of the nodes, in order; for loops that remove.
  [[nodiscard]] std::vector<Node*> node_list() const;
  [[nodiscard]] std::size_t node_count() const { return node_count_; }
  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  /// The value called `name` in this graph (not in outer ones), or null.
  [[nodiscard]] Value* find(std::string_view name) const;
  /// The value that `name` means here: in this graph or the nearest outer one; or null.
  [[nodiscard]] Value* resolve(std::string_view name) const;

  // Building and changing. All keep uses, names and order right; all are O(uses touched).

  /// A new value at the end of the signature. The name is taken as it is: no value of this graph may
  /// have it.
  Value& add_input(const std::string& name);
  /// Makes `value` (of this graph, or of an outer one when this is nested) the next output.
  void add_output(Value& value);
  /// Puts `value` where output `index` was; the signature's name stays: the value is renamed when
  /// it is free to be (neither an input, an initializer nor an output already), otherwise an
  /// Identity is appended.
  void set_output(std::size_t index, Value& value);
  /// A new constant; its name is made unique.
  Value& add_initializer(const std::string& wished_name, Tensor content);
  /// Gives an initializer of this graph another content, which may differ in type and shape.
  void set_initializer(Value& value, Tensor content);
  /// Removes an initializer of this graph that is neither read nor a graph output.
  void remove_initializer(Value& value);
  /// A new node before `before`, or at the end when that is null. Inputs must precede it; see
  /// `restore_order`.
  Node& insert(NodeSpec spec, Node* before = nullptr);
  /// A node from the file's message, appended; its edges are resolved by name and its nested graphs
  /// built. Unknown names are an error.
  Result<Node*> append(std::unique_ptr<onnx::NodeProto> message);
  /// Removes a node none of whose outputs is used or a graph output.
  void remove(Node& node);
  /// Lets input `slot` read `value`, or leaves it out when that is null; beyond the end the list
  /// grows, with left-out inputs in between. The value has to precede the node; see
  /// `restore_order`.
  void set_input(Node& node, std::size_t slot, Value* value);
  /// Every reader of `from`, nested ones included, reads `to` instead. Graph outputs: see
  /// set_output; this leaves them as they are.
  void replace_uses(Value& from, Value& to);
  /// Renames a value of this graph, wherever it is mentioned; the new name is made unique. For an
  /// input or output that changes the signature.
  void rename(Value& value, const std::string& wished_name);
  /// A name that no value of this graph, its outer or its nested graphs has: `wished` or
  /// `wished_1`, …
  [[nodiscard]] std::string unique_name(const std::string& wished) const;
  /// Stable topological sort; does nothing when the order is right already. Fails on a cycle,
  /// naming nodes of it.
  Result<void> restore_order();

  /// What the file's graph message holds besides nodes, values and initializers (documentation,
  /// quantization, metadata, unknown fields).
  [[nodiscard]] const onnx::GraphProto& remainder() const { return *remainder_; }
  /// Names of initializers that the file lists among the inputs, in its order.
  [[nodiscard]] std::vector<std::string>& initializers_listed_as_inputs() {
    return listed_as_inputs_;
  }
  [[nodiscard]] const std::vector<std::string>& initializers_listed_as_inputs() const {
    return listed_as_inputs_;
  }

 private:
  friend class Node;
  friend class GraphBuilder;
  Value& make_value(std::string exact_name);
  Node& adopt(std::unique_ptr<Node> node);
  void add_node_value(Node& node, std::string exact_name);
  void link(Node& node, Node* before);
  void unlink(Node& node);
  void renumber();
  void set_name(Value& value, const std::string& exact_name);
  /// Takes a value out of the names; the handle stays valid until the graph goes.
  void park(Value& value);
  /// Drops what the node and its nested graphs read and what they call outputs.
  static void disconnect(Node& node);
  /// Empties the graph of a removed node. Its nodes and values stay readable.
  void abandon();
  static void add_use(Value& value, Use use);
  static void drop_use(Value& value, Use use);

  Model* model_;
  Node* owner_;
  std::string name_;
  std::vector<Value*> inputs_;
  std::vector<Value*> outputs_;
  std::vector<Value*> initializers_;
  std::vector<std::string> listed_as_inputs_;
  Node* first_ = nullptr;
  Node* last_ = nullptr;
  std::size_t node_count_ = 0;
  std::unique_ptr<NameRegistry> own_names_;  // the main graph's; shared by those nested in it
  NameRegistry* names_;
  std::unordered_map<std::string_view, std::unique_ptr<Value>> values_;  // keyed by Value::name_
  std::vector<std::unique_ptr<Value>> removed_values_;
  std::vector<std::unique_ptr<Node>> arena_;
  std::unique_ptr<onnx::GraphProto> remainder_;
};

/// Calls `visit` for `graph` and every graph nested in it, outermost first.
template <class Visit>
void for_each_graph(Graph& graph, const Visit& visit) {
  visit(graph);
  for (Node& node : graph.nodes())
    for (const auto& [name, nested] : node.graphs()) for_each_graph(*nested, visit);
}

}  // namespace ortopt
