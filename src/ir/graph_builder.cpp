#include "ir/graph_builder.h"

#include <algorithm>
#include <utility>

#include "ir/from_proto.h"
#include "ir/hiding_names.h"
#include "ir/quoted.h"
#include "ir/tensor_proto.h"

namespace ortopt {
namespace {

std::string label_of(const onnx::NodeProto& node) {
  const bool nameless = node.name().empty() && node.output_size() > 0;
  return node.op_type() + " " + quoted(nameless ? node.output(0) : node.name());
}

/// The message without name, type, dimensions and content, or null when nothing is left.
std::unique_ptr<onnx::TensorProto> remainder_of(const onnx::TensorProto& message) {
  if (!message.has_doc_string() && message.metadata_props_size() == 0 &&
      message.unknown_fields().empty())
    return nullptr;
  auto rest = std::make_unique<onnx::TensorProto>();
  if (message.has_doc_string()) rest->set_doc_string(message.doc_string());
  *rest->mutable_metadata_props() = message.metadata_props();
  rest->GetReflection()->MutableUnknownFields(rest.get())->MergeFrom(message.unknown_fields());
  return rest;
}

bool is_external(const onnx::SparseTensorProto& sparse) {
  return sparse.values().data_location() == onnx::TensorProto::EXTERNAL ||
         sparse.indices().data_location() == onnx::TensorProto::EXTERNAL;
}

/// Sparse tensors are kept as they are; in another folder they would refer to nothing.
Failure refuse_external(const std::string& what) {
  return fail(Code::bad_model, what + " has external data, which sparse tensors cannot have here");
}

}  // namespace

std::string GraphBuilder::place() const {
  if (graph_.owner() == nullptr) return "while building graph " + quoted(graph_.name());
  return "while building graph " + quoted(graph_.name()) + " of node " +
         quoted(graph_.owner()->label());
}

Result<Value*> GraphBuilder::new_value(const std::string& name, std::string_view kind) {
  if (name.empty()) return fail(Code::bad_model, std::string(kind) + " has no name");
  if (graph_.find(name) != nullptr)
    return fail(Code::bad_model, "the name " + quoted(name) +
                                     " is defined twice, the second time by " + std::string(kind));
  return &graph_.make_value(name);
}

Result<void> GraphBuilder::build(onnx::GraphProto message) {
  graph_.name_ = message.name();
  // What becomes nodes and values moves out; what is left is kept as it is.
  onnx::GraphProto content;
  content.mutable_input()->Swap(message.mutable_input());
  content.mutable_initializer()->Swap(message.mutable_initializer());
  content.mutable_node()->Swap(message.mutable_node());
  content.mutable_output()->Swap(message.mutable_output());
  content.mutable_value_info()->Swap(message.mutable_value_info());
  *graph_.remainder_ = std::move(message);
  for (const auto step : {&GraphBuilder::declare_inputs, &GraphBuilder::take_initializers,
                          &GraphBuilder::take_sparse_initializers, &GraphBuilder::take_nodes,
                          &GraphBuilder::take_outputs, &GraphBuilder::take_declarations})
    if (Result<void> done = (this->*step)(content); !done)
      return within(std::move(done).error(), place());
  return {};
}

Result<void> GraphBuilder::declare_inputs(onnx::GraphProto& message) {
  for (const onnx::ValueInfoProto& input : message.input()) {
    Result<Value*> value = new_value(input.name(), "a graph input");
    if (!value) return pass_on(std::move(value).error());
    (*value)->set_declaration(input);
    (*value)->is_graph_input_ = true;
    graph_.inputs_.push_back(*value);
  }
  return {};
}

Result<void> GraphBuilder::take_initializers(onnx::GraphProto& message) {
  for (const onnx::TensorProto& initializer : message.initializer()) {
    Value* value = graph_.find(initializer.name());
    if (value != nullptr && value->is_graph_input_ && !value->initializer_) {
      value->is_graph_input_ = false;
      graph_.listed_as_inputs_.push_back(value->name_);
    } else {
      Result<Value*> made = new_value(initializer.name(), "an initializer");
      if (!made) return pass_on(std::move(made).error());
      value = *made;
    }
    Result<Tensor> tensor = tensor_from_proto(initializer, model_.extents());
    if (!tensor)
      return within(std::move(tensor).error(),
                    "while reading initializer " + quoted(initializer.name()));
    value->initializer_ = *std::move(tensor);
    value->initializer_remainder_ = remainder_of(initializer);
    graph_.initializers_.push_back(value);
  }
  std::erase_if(graph_.inputs_, [](const Value* value) { return !value->is_graph_input_; });
  return {};
}

Result<void> GraphBuilder::take_sparse_initializers(onnx::GraphProto&) {
  for (const onnx::SparseTensorProto& sparse : graph_.remainder_->sparse_initializer()) {
    if (Result<Value*> made = new_value(sparse.values().name(), "a sparse initializer"); !made)
      return pass_on(std::move(made).error());
    if (is_external(sparse))
      return refuse_external("sparse initializer " + quoted(sparse.values().name()));
  }
  return {};
}

Result<void> GraphBuilder::take_nodes(onnx::GraphProto& message) {
  Result<std::vector<int>> order = order_of_nodes(message.node());
  if (!order) return pass_on(std::move(order).error());
  if (!order->empty())
    model_.notes().push_back("nodes of graph " + quoted(graph_.name()) +
                             " were not in topological order: sorted");
  for (int k = 0; k < message.node_size(); ++k) {
    const int index = order->empty() ? k : (*order)[static_cast<std::size_t>(k)];
    auto node = std::make_unique<onnx::NodeProto>(std::move(*message.mutable_node(index)));
    if (Result<void> done = take_node(std::move(node)); !done) return done;
  }
  return {};
}

Result<void> GraphBuilder::take_node(std::unique_ptr<onnx::NodeProto> message) {
  const bool is_onnx = message->domain().empty() || message->domain() == "ai.onnx";
  if (is_onnx && message->op_type() == "Constant" && message->output_size() == 1) {
    const std::string label = label_of(*message);
    Result<std::optional<Tensor>> constant = constant_of(*message);
    if (!constant) return within(std::move(constant).error(), "while reading " + label);
    if (constant->has_value()) {
      Result<Value*> value = new_value(message->output(0), label);
      if (!value) return pass_on(std::move(value).error());
      (*value)->initializer_ = **std::move(constant);
      graph_.initializers_.push_back(*value);
      return {};
    }
  }
  Result<Node*> node = append(std::move(message));
  if (!node) return pass_on(std::move(node).error());
  return {};
}

Result<std::optional<Tensor>> GraphBuilder::constant_of(const onnx::NodeProto& message) const {
  using Constant = std::optional<Tensor>;
  if (message.attribute_size() != 1) return Constant();
  const onnx::AttributeProto& attribute = message.attribute(0);
  const std::string& form = attribute.name();
  if (form == "value") {
    Result<Tensor> tensor = tensor_from_proto(attribute.t(), model_.extents());
    if (!tensor) return pass_on(std::move(tensor).error());
    return Constant(*std::move(tensor));
  }
  if (form == "value_float") return Constant(Tensor::scalar(DataType::float32, attribute.f()));
  if (form == "value_int") {
    const std::vector<int64_t> number = {attribute.i()};
    return Constant(Tensor::of_int64s(number).reshaped({}));
  }
  if (form == "value_ints") {
    const std::vector<int64_t> numbers(attribute.ints().begin(), attribute.ints().end());
    return Constant(Tensor::of_int64s(numbers));
  }
  if (form == "value_floats") {
    const std::vector<double> numbers(attribute.floats().begin(), attribute.floats().end());
    return Constant(Tensor::of(DataType::float32, {attribute.floats_size()}, numbers));
  }
  if (form == "value_string" || form == "value_strings") {
    auto strings = std::make_shared<std::vector<std::string>>(attribute.strings().begin(),
                                                              attribute.strings().end());
    const bool single = form == "value_string";
    if (single) *strings = {attribute.s()};
    std::vector<int64_t> dims;
    if (!single) dims.push_back(static_cast<int64_t>(strings->size()));
    return Constant(Tensor(DataType::string, std::move(dims), Tensor::Strings(strings)));
  }
  return Constant();
}

Result<Node*> GraphBuilder::append(std::unique_ptr<onnx::NodeProto> message) {
  const std::string label = label_of(*message);
  if (message->op_type().empty())
    return fail(Code::bad_model, "node" + label + " names no operator");
  std::unique_ptr<Node> owned(new Node(graph_, std::make_unique<onnx::NodeProto>()));
  onnx::NodeProto edges;
  edges.mutable_input()->Swap(message->mutable_input());
  edges.mutable_output()->Swap(message->mutable_output());
  owned->payload_ = std::move(message);
  Node& node = graph_.adopt(std::move(owned));
  graph_.link(node, nullptr);
  Result<void> done = connect(node, edges);
  if (done) done = build_nested(node);
  if (done) return &node;
  Graph::disconnect(node);
  graph_.unlink(node);
  return within(std::move(done).error(), "while reading node " + label);
}

Result<void> GraphBuilder::connect(Node& node, const onnx::NodeProto& message) {
  for (const std::string& input : message.input()) {
    Value* value = input.empty() ? nullptr : graph_.resolve(input);
    if (value == nullptr && !input.empty())
      return fail(Code::bad_model,
                  "input " + quoted(input) + " is defined nowhere before it is read");
    node.inputs_.push_back(value);
    if (value != nullptr) Graph::add_use(*value, {&node, node.inputs_.size() - 1});
  }
  for (const std::string& output : message.output()) {
    if (!output.empty() && graph_.find(output) != nullptr)
      return fail(Code::bad_model, "the name " + quoted(output) + " is defined twice");
    graph_.add_node_value(node, output);
  }
  return {};
}

Result<void> GraphBuilder::build_nested(Node& node) {
  for (onnx::AttributeProto& attribute : *node.payload_->mutable_attribute()) {
    if (is_external(attribute.sparse_tensor()) ||
        std::ranges::any_of(attribute.sparse_tensors(), is_external))
      return refuse_external("attribute " + quoted(attribute.name()));
    if (attribute.has_g()) {
      std::unique_ptr<onnx::GraphProto> message(attribute.release_g());
      attribute.set_type(onnx::AttributeProto::GRAPH);
      if (Result<void> done = build_nested(node, attribute.name(), std::move(*message)); !done)
        return done;
    }
    for (int k = 0; k < attribute.graphs_size(); ++k) {
      const std::string name = attribute.name() + "[" + std::to_string(k) + "]";
      if (Result<void> done = build_nested(node, name, std::move(*attribute.mutable_graphs(k)));
          !done)
        return done;
    }
    attribute.clear_graphs();
  }
  return {};
}

Result<void> GraphBuilder::build_nested(Node& node, const std::string& name,
                                        onnx::GraphProto message) {
  auto nested = std::make_unique<Graph>(model_, &node, message.name());
  Graph& graph = *nested;
  if (!node.graphs_.emplace(name, std::move(nested)).second)
    return fail(Code::bad_model, "attribute " + quoted(name) + " is there twice");
  return GraphBuilder(graph).build(std::move(message));
}

Result<void> GraphBuilder::take_outputs(onnx::GraphProto& message) {
  for (const onnx::ValueInfoProto& output : message.output()) {
    Value* value = graph_.resolve(output.name());
    if (value == nullptr)
      return fail(Code::bad_model, "graph output " + quoted(output.name()) + " is defined nowhere");
    if (&value->graph() != &graph_) {
      // The runtime refuses a nested graph that hands out a value of an outer one.
      value =
          graph_.insert({.op = "Identity", .inputs = {value}, .outputs = {output.name()}}).output();
      model_.notes().push_back("output " + quoted(output.name()) + " of nested graph " +
                               quoted(graph_.name()) + " is a value from outside: Identity added");
    }
    if (!value->is_graph_input_) value->set_declaration(output);
    graph_.add_output(*value);
  }
  return {};
}

Result<void> GraphBuilder::take_declarations(onnx::GraphProto& message) {
  for (const onnx::ValueInfoProto& declared : message.value_info()) {
    Value* value = graph_.find(declared.name());
    // A constant's declaration repeats what its tensor says, and would be wrong once that changes.
    const bool wanted = value != nullptr && !value->initializer_ && value->declaration_ == nullptr;
    if (wanted) value->set_declaration(declared);
  }
  return {};
}

Result<void> graph_from_proto(onnx::GraphProto message, Graph& graph) {
  return GraphBuilder(graph).build(std::move(message));
}

Result<Node*> Graph::append(std::unique_ptr<onnx::NodeProto> message) {
  return GraphBuilder(*this).append(std::move(message));
}

Result<std::unique_ptr<Model>> model_from_proto(onnx::ModelProto message,
                                                std::vector<FileExtent> extents) {
  if (!message.has_graph()) return fail(Code::bad_model, "there is no graph in it");
  auto model = std::make_unique<Model>();
  model->extents() = std::move(extents);
  const std::unique_ptr<onnx::GraphProto> graph(message.release_graph());
  model->mutable_shell() = std::move(message);
  if (Result<void> done = graph_from_proto(std::move(*graph), model->reset_graph(graph->name()));
      !done)
    return pass_on(std::move(done).error());
  rename_hiding_values(*model);
  return model;
}

}  // namespace ortopt
