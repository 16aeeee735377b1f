#pragma once

#include <onnx/onnx_pb.h>

#include <memory>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/model.h"

namespace ortopt {

/// Turns a graph message into the content of an empty Graph. The names of the file are kept
/// exactly.
class GraphBuilder {
 public:
  explicit GraphBuilder(Graph& graph) : graph_(graph), model_(graph.model()) {}

  [[nodiscard]] Result<void> build(onnx::GraphProto message);
  /// Appends one node, its inputs already known, its nested graphs built.
  [[nodiscard]] Result<Node*> append(std::unique_ptr<onnx::NodeProto> message);

 private:
  Result<void> declare_inputs(onnx::GraphProto& message);
  Result<void> take_initializers(onnx::GraphProto& message);
  Result<void> take_sparse_initializers(onnx::GraphProto& message);
  Result<void> take_nodes(onnx::GraphProto& message);
  Result<void> take_node(std::unique_ptr<onnx::NodeProto> message);
  Result<void> take_outputs(onnx::GraphProto& message);
  Result<void> take_declarations(onnx::GraphProto& message);

  Result<void> connect(Node& node, const onnx::NodeProto& message);
  Result<void> build_nested(Node& node);
  Result<void> build_nested(Node& node, const std::string& name, onnx::GraphProto message);
  /// The constant that a Constant node holds, or nothing when it has a form that stays a node.
  Result<std::optional<Tensor>> constant_of(const onnx::NodeProto& message) const;
  Result<Value*> new_value(const std::string& name, std::string_view kind);
  [[nodiscard]] std::string place() const;

  Graph& graph_;
  Model& model_;
};

/// An order in which every node of `nodes` comes after those of `nodes` whose results it reads,
/// itself or in nested graphs; the present order where that is valid. Empty when the present order
/// is valid as it is. Fails with bad_model on a cycle.
[[nodiscard]] Result<std::vector<int>> order_of_nodes(
    const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes);

}  // namespace ortopt
