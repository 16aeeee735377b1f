#include "ir/to_proto.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

#include "ir/tensor_proto.h"

namespace ortopt {
namespace {

/// Writes one graph, and through it those nested in it.
class GraphWriter {
 public:
  GraphWriter(const Model& model, std::vector<PlacedTensor>& placed)
      : model_(model), placed_(placed) {}

  void write_graph(const Graph& graph, onnx::GraphProto& message);
  void write_function(onnx::FunctionProto& function) {
    for (onnx::NodeProto& node : *function.mutable_node()) place_attributes(node);
  }

 private:
  void write_initializer(const Value& value, onnx::TensorProto& message);
  void write_node(const Node& node, onnx::NodeProto& message);
  static void write_declaration(const Value& value, onnx::ValueInfoProto& message);
  /// Lists the placeholders among the attributes of `node` and empties them.
  void place_attributes(onnx::NodeProto& node);
  void place(onnx::TensorProto& tensor);
  void place_in(onnx::GraphProto& graph);

  const Model& model_;
  std::vector<PlacedTensor>& placed_;
};

void GraphWriter::write_declaration(const Value& value, onnx::ValueInfoProto& message) {
  if (value.declaration() != nullptr) message = *value.declaration();
  message.set_name(value.name());
}

void GraphWriter::write_initializer(const Value& value, onnx::TensorProto& message) {
  const Tensor& tensor = *value.initializer();
  if (tensor.dtype() == DataType::string) {
    tensor_to_proto(tensor, value.name(), message);
  } else {
    message.set_name(value.name());
    message.set_data_type(static_cast<int32_t>(tensor.dtype()));
    message.mutable_dims()->Add(tensor.dims().begin(), tensor.dims().end());
    placed_.push_back({&message, tensor});
  }
  if (value.initializer_remainder() != nullptr) message.MergeFrom(*value.initializer_remainder());
}

void GraphWriter::place(onnx::TensorProto& tensor) {
  const bool is_placeholder =
      std::any_of(tensor.external_data().begin(), tensor.external_data().end(),
                  [](const auto& entry) { return entry.key() == extent_key; });
  if (!is_placeholder) return;
  Result<Tensor> content = tensor_from_proto(tensor, model_.extents());
  ensure(content.has_value(), "a placeholder that could be read once can be read again");
  tensor.clear_external_data();
  tensor.clear_data_location();
  placed_.push_back({&tensor, *std::move(content), PlacedTensor::Holder::attribute});
}

void GraphWriter::place_attributes(onnx::NodeProto& node) {
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.has_t()) place(*attribute.mutable_t());
    for (onnx::TensorProto& tensor : *attribute.mutable_tensors()) place(tensor);
    if (attribute.has_g()) place_in(*attribute.mutable_g());
    for (onnx::GraphProto& graph : *attribute.mutable_graphs()) place_in(graph);
  }
}

void GraphWriter::place_in(onnx::GraphProto& graph) {
  for (onnx::NodeProto& node : *graph.mutable_node()) place_attributes(node);
  for (onnx::TensorProto& tensor : *graph.mutable_initializer()) place(tensor);
}

void GraphWriter::write_node(const Node& node, onnx::NodeProto& message) {
  message = node.payload();
  place_attributes(message);
  for (const Value* input : node.inputs())
    message.add_input(input == nullptr ? std::string() : input->name());
  for (const Value* output : node.outputs())
    message.add_output(output == nullptr ? std::string() : output->name());
  for (onnx::AttributeProto& attribute : *message.mutable_attribute()) {
    if (const auto nested = node.graphs().find(attribute.name()); nested != node.graphs().end())
      write_graph(*nested->second, *attribute.mutable_g());
    for (int k = 0;; ++k) {
      const auto nested = node.graphs().find(attribute.name() + "[" + std::to_string(k) + "]");
      if (nested == node.graphs().end()) break;
      write_graph(*nested->second, *attribute.add_graphs());
    }
  }
}

void GraphWriter::write_graph(const Graph& graph, onnx::GraphProto& message) {
  message = graph.remainder();
  message.set_name(graph.name());
  for (const Value* input : graph.inputs()) write_declaration(*input, *message.add_input());
  for (const std::string& name : graph.initializers_listed_as_inputs())
    if (const Value* listed = graph.find(name)) write_declaration(*listed, *message.add_input());
  for (const Node& node : graph.nodes()) write_node(node, *message.add_node());
  for (const Value* value : graph.initializers())
    write_initializer(*value, *message.add_initializer());
  for (const Value* output : graph.outputs()) write_declaration(*output, *message.add_output());
  for (const Node& node : graph.nodes())
    for (const Value* value : node.outputs())
      if (value != nullptr && value->declaration() != nullptr &&
          std::find(graph.outputs().begin(), graph.outputs().end(), value) == graph.outputs().end())
        write_declaration(*value, *message.add_value_info());
}

/// Whether every initializer of `graph` and those nested in it is listed as an input, as files
/// before IR version 4 must do.
bool lists_all_initializers(const onnx::GraphProto& graph) {
  std::unordered_set<std::string_view> inputs;
  for (const auto& input : graph.input()) inputs.insert(input.name());
  for (const auto& initializer : graph.initializer())
    if (!inputs.contains(initializer.name())) return false;
  for (const auto& node : graph.node())
    for (const auto& attribute : node.attribute())
      if (attribute.has_g() && !lists_all_initializers(attribute.g())) return false;
  return true;
}

/// Takes initializers out of the inputs. Where they must be listed, that says nothing; from IR
/// version 4 on it would say that the caller may replace them.
void unlist_initializers(onnx::GraphProto& graph) {
  std::unordered_set<std::string_view> constants;
  for (const auto& initializer : graph.initializer()) constants.insert(initializer.name());
  auto& inputs = *graph.mutable_input();
  inputs.erase(std::remove_if(inputs.begin(), inputs.end(),
                              [&](const auto& input) { return constants.contains(input.name()); }),
               inputs.end());
  for (auto& node : *graph.mutable_node())
    for (auto& attribute : *node.mutable_attribute())
      if (attribute.has_g()) unlist_initializers(*attribute.mutable_g());
}

}  // namespace

void graph_to_proto(const Graph& graph, onnx::GraphProto& message,
                    std::vector<PlacedTensor>& placed) {
  GraphWriter(graph.model(), placed).write_graph(graph, message);
}

void model_to_proto(const Model& model, onnx::ModelProto& message,
                    std::vector<PlacedTensor>& placed) {
  message = model.shell();
  GraphWriter writer(model, placed);
  writer.write_graph(model.graph(), *message.mutable_graph());
  for (onnx::FunctionProto& function : *message.mutable_functions())
    writer.write_function(function);
  constexpr int64_t free_initializers = 4;  // the IR version from which on they need not be inputs
  if (message.ir_version() >= free_initializers || lists_all_initializers(message.graph())) return;
  message.set_ir_version(free_initializers);
  unlist_initializers(*message.mutable_graph());
}

}  // namespace ortopt
