#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/ir/tensor.h"
#include "ortopt/ir/type.h"

namespace onnx {
class TensorProto;
class ValueInfoProto;
}  // namespace onnx

namespace ortopt {

class Graph;
class Node;

/// One place where a value is read: input `slot` of `node`. The node may belong to a nested graph.
struct Use {
  Node* node = nullptr;
  std::size_t slot = 0;

  friend bool operator==(const Use&, const Use&) = default;
};

/// One tensor (or other object) that flows through a graph: a graph input, an initializer or an
/// output of a node. Owned by its Graph.
class Value {
 public:
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  ~Value();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Graph& graph() const { return *graph_; }
  /// The node that computes it, or null for graph inputs and initializers.
  [[nodiscard]] Node* producer() const { return producer_; }
  /// Which output of the producer this is.
  [[nodiscard]] std::size_t output_index() const { return output_index_; }
  /// Every reader, those in nested graphs included, in no particular order. Graph outputs are not
  /// uses: see is_graph_output.
  [[nodiscard]] const std::vector<Use>& uses() const { return uses_; }
  [[nodiscard]] bool is_graph_input() const { return is_graph_input_; }
  /// Whether it is an output of the graph that owns it, or of a graph nested in it.
  [[nodiscard]] bool is_graph_output() const { return graph_output_count_ > 0; }
  /// Read by nobody and no graph output.
  [[nodiscard]] bool is_dead() const { return uses_.empty() && !is_graph_output(); }

  /// The constant content, or null. An initializer that is listed as a graph input too counts as a
  /// constant.
  [[nodiscard]] const Tensor* initializer() const {
    return initializer_ ? &*initializer_ : nullptr;
  }

  /// What the file's message of the constant holds besides its content (documentation, metadata,
  /// unknown fields); null when nothing.
  [[nodiscard]] const onnx::TensorProto* initializer_remainder() const {
    return initializer_remainder_.get();
  }

  /// What the file declares; `undefined` and nothing when it is silent. The analysis
  /// (shape/analysis.h) knows more.
  [[nodiscard]] DataType declared_type() const;
  [[nodiscard]] std::optional<DeclaredShape> declared_shape() const;
  /// Declares a tensor of this type, of any shape when there is none; what else was declared stays.
  void declare(DataType type, const std::optional<DeclaredShape>& shape);
  /// The declaration with everything the file said (sequence types, documentation, metadata); null
  /// when there is none.
  [[nodiscard]] const onnx::ValueInfoProto* declaration() const { return declaration_.get(); }
  /// Takes the place of the declaration there was; its name is ignored.
  void set_declaration(const onnx::ValueInfoProto& declaration);

 private:
  friend class Graph;
  friend class GraphBuilder;
  friend class Node;
  Value(Graph& graph, std::string name);

  std::string name_;
  Graph* graph_;
  Node* producer_ = nullptr;
  std::size_t output_index_ = 0;
  std::vector<Use> uses_;
  bool is_graph_input_ = false;
  int graph_output_count_ = 0;
  std::optional<Tensor> initializer_;
  std::unique_ptr<onnx::TensorProto> initializer_remainder_;
  std::unique_ptr<onnx::ValueInfoProto> declaration_;
};

}  // namespace ortopt
