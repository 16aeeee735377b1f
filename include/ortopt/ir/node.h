#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ortopt/ir/tensor.h"
#include "ortopt/ir/value.h"

namespace onnx {
class NodeProto;
}

namespace ortopt {

class Graph;

/// What an attribute can be set to. (Attributes of other kinds survive untouched; nested graphs are
/// Graphs.)
using AttributeValue =
    std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>, Tensor>;
using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

/// A node to be made.
struct NodeSpec {
  std::string domain = {};  ///< "" is ONNX's own.
  std::string op = {};
  std::vector<Value*> inputs = {};  ///< Null is an optional input left out.
  std::vector<std::string> outputs =
      {};  ///< Wished names, made unique; an empty name is an output left out.
  Attributes attributes = {};
  std::string name = {};  ///< Wished name = {}; derived from the first output when empty.
};

/// One operator call. Edges live in the graph; the payload (attributes, metadata, unknown fields)
/// stays the file's own message. Owned by its Graph.
class Node {
 public:
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  [[nodiscard]] const std::string& name() const;
  /// For messages: the name, or that of the first output when it has none, or the operator.
  [[nodiscard]] const std::string& label() const;
  [[nodiscard]] const std::string& op() const;
  /// "" for ONNX's own domain ("ai.onnx" is read as "").
  [[nodiscard]] const std::string& domain() const;
  /// The operator with its domain, unless that is ONNX's own: "Gelu", "com.microsoft.BiasGelu".
  [[nodiscard]] std::string qualified_op() const;
  /// Whether it is `op` of ONNX's own domain.
  [[nodiscard]] bool is(std::string_view op) const;
  [[nodiscard]] bool is(std::string_view domain, std::string_view op) const;
  [[nodiscard]] Graph& graph() const { return *graph_; }
  /// Whether it was taken out of its graph. The handle stays valid as long as the graph, but has no
  /// edges any more.
  [[nodiscard]] bool is_removed() const { return removed_; }

  /// Null stands for an optional input that is left out.
  [[nodiscard]] std::span<Value* const> inputs() const { return inputs_; }
  /// Input `slot`, or null when it is left out or beyond the end.
  [[nodiscard]] Value* input(std::size_t slot) const {
    return slot < inputs_.size() ? inputs_[slot] : nullptr;
  }
  /// Null stands for an optional output that is left out.
  [[nodiscard]] std::span<Value* const> outputs() const { return outputs_; }
  [[nodiscard]] Value* output(std::size_t slot = 0) const {
    return slot < outputs_.size() ? outputs_[slot] : nullptr;
  }

  [[nodiscard]] bool has_attribute(std::string_view name) const;
  [[nodiscard]] std::optional<int64_t> int_attribute(std::string_view name) const;
  [[nodiscard]] int64_t int_attribute(std::string_view name, int64_t otherwise) const;
  [[nodiscard]] std::optional<float> float_attribute(std::string_view name) const;
  [[nodiscard]] float float_attribute(std::string_view name, float otherwise) const;
  [[nodiscard]] std::optional<std::string> string_attribute(std::string_view name) const;
  [[nodiscard]] std::optional<std::vector<int64_t>> ints_attribute(std::string_view name) const;
  [[nodiscard]] std::optional<std::vector<float>> floats_attribute(std::string_view name) const;
  [[nodiscard]] std::optional<Tensor> tensor_attribute(std::string_view name) const;
  /// The names of all attributes, in the payload's order; nested graphs included.
  [[nodiscard]] std::vector<std::string> attribute_names() const;
  /// All attributes as bytes, in name order: equal keys mean equal attributes. Nested graphs are
  /// not part of it.
  [[nodiscard]] std::string attribute_key() const;
  /// Adds the attribute, or replaces one of that name whatever its kind was; nested graphs are not
  /// attributes here.
  void set_attribute(const std::string& name, const AttributeValue& value);

  /// Nested graphs (bodies of If, Loop, Scan) by attribute name, in name order.
  [[nodiscard]] const std::map<std::string, std::unique_ptr<Graph>, std::less<>>& graphs() const {
    return graphs_;
  }

  /// The message without edges and nested graphs. For the adapters in ir/ and shape/ only.
  [[nodiscard]] const onnx::NodeProto& payload() const { return *payload_; }

  /// Whether this node comes before `other` in the order of their (same) graph. O(1), amortised.
  [[nodiscard]] bool precedes(const Node& other) const;

 private:
  friend class Graph;
  friend class GraphBuilder;
  Node(Graph& graph, std::unique_ptr<onnx::NodeProto> payload);

  Graph* graph_;
  std::unique_ptr<onnx::NodeProto> payload_;
  std::vector<Value*> inputs_;
  std::vector<Value*> outputs_;
  std::map<std::string, std::unique_ptr<Graph>, std::less<>> graphs_;
  Node* previous_ = nullptr;
  Node* next_ = nullptr;
  int64_t position_ = 0;
  bool removed_ = false;
};

}  // namespace ortopt
