#include "ortopt/ir/graph.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <utility>

#include "ir/from_proto.h"
#include "ir/names.h"
#include "ortopt/ir/model.h"

namespace ortopt {
namespace {

void erase_one(std::vector<Value*>& values, const Value& value) {
  const auto found = std::find(values.begin(), values.end(), &value);
  if (found != values.end()) values.erase(found);
}

}  // namespace

Graph::NodeIterator& Graph::NodeIterator::operator++() {
  at_ = at_->next_;
  return *this;
}

Graph::NodeIterator Graph::NodeIterator::operator++(int) {
  const NodeIterator before = *this;
  ++*this;
  return before;
}

Graph::Graph(Model& model, Node* owner, std::string name)
    : model_(&model),
      owner_(owner),
      name_(std::move(name)),
      own_names_(owner == nullptr ? std::make_unique<NameRegistry>() : nullptr),
      names_(owner == nullptr ? own_names_.get() : owner->graph_->names_),
      remainder_(std::make_unique<onnx::GraphProto>()) {}

Graph::~Graph() = default;

Graph* Graph::parent() const { return owner_ == nullptr ? nullptr : owner_->graph_; }

std::vector<Node*> Graph::node_list() const {
  std::vector<Node*> list;
  list.reserve(node_count_);
  for (Node& node : nodes()) list.push_back(&node);
  return list;
}

Value* Graph::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : found->second.get();
}

Value* Graph::resolve(std::string_view name) const {
  for (const Graph* graph = this; graph != nullptr; graph = graph->parent())
    if (Value* value = graph->find(name)) return value;
  return nullptr;
}

// Names

std::string Graph::unique_name(const std::string& wished) const {
  return names_->free_value_name(wished);
}

Value& Graph::make_value(std::string exact_name) {
  std::unique_ptr<Value> value(new Value(*this, std::move(exact_name)));
  Value& made = *value;
  const bool fresh = values_.emplace(made.name_, std::move(value)).second;
  ensure(fresh, "a value's name was taken");
  names_->add_value(made.name_);
  return made;
}

void Graph::set_name(Value& value, const std::string& exact_name) {
  auto entry = values_.extract(value.name_);
  names_->drop_value(value.name_);
  std::replace(listed_as_inputs_.begin(), listed_as_inputs_.end(), value.name_, exact_name);
  for (auto& sparse : *remainder_->mutable_sparse_initializer())
    if (sparse.values().name() == value.name_) sparse.mutable_values()->set_name(exact_name);
  value.name_ = exact_name;
  names_->add_value(value.name_);
  entry.key() = value.name_;
  ensure(values_.insert(std::move(entry)).inserted, "a value's new name was taken");
}

void Graph::rename(Value& value, const std::string& wished_name) {
  ensure(&value.graph() == this, "a value is renamed by the graph that owns it");
  if (value.name_ != wished_name) set_name(value, unique_name(wished_name));
}

void Graph::park(Value& value) {
  auto entry = values_.extract(value.name_);
  names_->drop_value(value.name_);
  removed_values_.push_back(std::move(entry.mapped()));
}

// Signature

Value& Graph::add_input(const std::string& name) {
  Value& value = make_value(name);
  value.is_graph_input_ = true;
  inputs_.push_back(&value);
  return value;
}

void Graph::add_output(Value& value) {
  outputs_.push_back(&value);
  ++value.graph_output_count_;
}

void Graph::set_output(std::size_t index, Value& value) {
  Value& old = *outputs_.at(index);
  if (&old == &value) return;
  ensure(!old.is_graph_input() || &old.graph() != this,
         "an output that is an input as well keeps its name and so its value");
  Value* by = &value;
  if (by->is_graph_input() || by->initializer() != nullptr || by->is_graph_output() ||
      &by->graph() != this)
    by = insert({.op = "Identity", .inputs = {&value}, .outputs = {old.name()}}).output();
  // One name is one value: should the signature list it twice, both entries change.
  for (Value*& output : outputs_) {
    if (output != &old) continue;
    --old.graph_output_count_;
    ++by->graph_output_count_;
    output = by;
  }
  if (&old.graph() != this) return;
  const std::string signature_name = old.name();
  set_name(old, unique_name(signature_name));
  set_name(*by, signature_name);
  if (old.declaration_ != nullptr) by->set_declaration(*old.declaration_);
}

// Initializers

Value& Graph::add_initializer(const std::string& wished_name, Tensor content) {
  Value& value = make_value(unique_name(wished_name));
  value.initializer_ = std::move(content);
  initializers_.push_back(&value);
  return value;
}

void Graph::set_initializer(Value& value, Tensor content) {
  ensure(value.initializer_.has_value(), "only an initializer's content can be set");
  value.initializer_ = std::move(content);
}

void Graph::remove_initializer(Value& value) {
  ensure(value.is_dead() && value.initializer_.has_value(),
         "only an initializer that nobody reads can be removed");
  std::erase(listed_as_inputs_, value.name_);
  erase_one(initializers_, value);
  park(value);
}

// Edges

void Graph::add_use(Value& value, Use use) { value.uses_.push_back(use); }

void Graph::drop_use(Value& value, Use use) {
  const auto found = std::find(value.uses_.begin(), value.uses_.end(), use);
  ensure(found != value.uses_.end(), "an edge is known at both ends");
  value.uses_.erase(found);
}

void Graph::set_input(Node& node, std::size_t slot, Value* value) {
  if (slot >= node.inputs_.size()) node.inputs_.resize(slot + 1, nullptr);
  Value*& place = node.inputs_[slot];
  if (place == value) return;
  if (place != nullptr) drop_use(*place, {&node, slot});
  place = value;
  if (value != nullptr) add_use(*value, {&node, slot});
}

void Graph::add_node_value(Node& node, std::string exact_name) {
  if (exact_name.empty()) {
    node.outputs_.push_back(nullptr);
    return;
  }
  Value& value = make_value(std::move(exact_name));
  value.producer_ = &node;
  value.output_index_ = node.outputs_.size();
  node.outputs_.push_back(&value);
}

void Graph::replace_uses(Value& from, Value& to) {
  if (&from == &to) return;
  to.uses_.reserve(to.uses_.size() + from.uses_.size());
  for (const Use& use : from.uses_) {
    use.node->inputs_[use.slot] = &to;
    to.uses_.push_back(use);
  }
  from.uses_.clear();
}

// Nodes

Node& Graph::adopt(std::unique_ptr<Node> node) {
  Node& adopted = *node;
  arena_.push_back(std::move(node));
  names_->add_node(adopted.name());
  return adopted;
}

Node& Graph::insert(NodeSpec spec, Node* before) {
  ensure(before == nullptr || (&before->graph() == this && !before->is_removed()),
         "a node is inserted before one that is in the same graph");
  auto payload = std::make_unique<onnx::NodeProto>();
  payload->set_op_type(spec.op);
  if (!spec.domain.empty()) payload->set_domain(spec.domain);
  std::string wished_name = spec.name;
  for (std::size_t k = 0; wished_name.empty() && k < spec.outputs.size(); ++k)
    wished_name = spec.outputs[k];
  if (wished_name.empty()) wished_name = spec.op;
  payload->set_name(names_->free_node_name(wished_name));

  Node& node = adopt(std::unique_ptr<Node>(new Node(*this, std::move(payload))));
  for (const auto& [name, value] : spec.attributes) node.set_attribute(name, value);
  node.inputs_ = std::move(spec.inputs);
  for (std::size_t slot = 0; slot < node.inputs_.size(); ++slot)
    if (node.inputs_[slot] != nullptr) add_use(*node.inputs_[slot], {&node, slot});
  for (const std::string& wished : spec.outputs)
    add_node_value(node, wished.empty() ? std::string() : unique_name(wished));
  link(node, before);
  return node;
}

void Graph::disconnect(Node& node) {
  for (std::size_t slot = 0; slot < node.inputs_.size(); ++slot)
    if (node.inputs_[slot] != nullptr) drop_use(*node.inputs_[slot], {&node, slot});
  node.inputs_.clear();
  for (const auto& [name, nested] : node.graphs_) nested->abandon();
  node.removed_ = true;
  node.graph_->names_->drop_node(node.name());
}

void Graph::abandon() {
  for (Node& node : nodes()) disconnect(node);
  for (Value* output : outputs_) --output->graph_output_count_;
  for (auto& [name, value] : values_) {
    names_->drop_value(value->name_);
    removed_values_.push_back(std::move(value));
  }
  values_.clear();
  for (auto* list : {&inputs_, &outputs_, &initializers_}) list->clear();
  listed_as_inputs_.clear();
  first_ = last_ = nullptr;
  node_count_ = 0;
}

void Graph::remove(Node& node) {
  ensure(&node.graph() == this && !node.removed_, "a node is removed once, by its own graph");
  for (const Value* output : node.outputs_)
    ensure(output == nullptr || output->is_dead(),
           "a node whose result is in use cannot be removed");
  disconnect(node);
  for (Value* output : node.outputs_) {
    if (output == nullptr) continue;
    output->producer_ = nullptr;
    park(*output);
  }
  node.outputs_.clear();
  unlink(node);
}

}  // namespace ortopt
