#include "ortopt/ir/node.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <utility>

#include "ir/tensor_proto.h"
#include "ortopt/ir/graph.h"
#include "ortopt/ir/model.h"

namespace ortopt {
namespace {

using onnx::AttributeProto;

const AttributeProto* find_attribute(const onnx::NodeProto& payload, std::string_view name) {
  for (const AttributeProto& attribute : payload.attribute())
    if (attribute.name() == name) return &attribute;
  return nullptr;
}

/// The attribute `name` if it is there and of kind `type`. Files of IR version 1 leave the kind
/// out.
const AttributeProto* find_attribute(const onnx::NodeProto& payload, std::string_view name,
                                     AttributeProto::AttributeType type) {
  const AttributeProto* attribute = find_attribute(payload, name);
  if (attribute == nullptr) return nullptr;
  const bool silent = !attribute->has_type() || attribute->type() == AttributeProto::UNDEFINED;
  return silent || attribute->type() == type ? attribute : nullptr;
}

struct AttributeWriter {
  AttributeProto& to;

  void operator()(int64_t number) const {
    to.set_type(AttributeProto::INT);
    to.set_i(number);
  }
  void operator()(float number) const {
    to.set_type(AttributeProto::FLOAT);
    to.set_f(number);
  }
  void operator()(const std::string& text) const {
    to.set_type(AttributeProto::STRING);
    to.set_s(text);
  }
  void operator()(const std::vector<int64_t>& numbers) const {
    to.set_type(AttributeProto::INTS);
    to.mutable_ints()->Add(numbers.begin(), numbers.end());
  }
  void operator()(const std::vector<float>& numbers) const {
    to.set_type(AttributeProto::FLOATS);
    to.mutable_floats()->Add(numbers.begin(), numbers.end());
  }
  void operator()(const Tensor& tensor) const {
    to.set_type(AttributeProto::TENSOR);
    tensor_to_proto(tensor, "", *to.mutable_t());
  }
};

}  // namespace

Node::Node(Graph& graph, std::unique_ptr<onnx::NodeProto> payload)
    : graph_(&graph), payload_(std::move(payload)) {}

Node::~Node() = default;

const std::string& Node::name() const { return payload_->name(); }

const std::string& Node::label() const {
  if (!name().empty()) return name();
  for (const Value* output : outputs_)
    if (output != nullptr) return output->name();
  return op();
}

const std::string& Node::op() const { return payload_->op_type(); }

const std::string& Node::domain() const {
  static const std::string onnx_domain;
  return payload_->domain() == "ai.onnx" ? onnx_domain : payload_->domain();
}

std::string Node::qualified_op() const { return domain().empty() ? op() : domain() + "." + op(); }

bool Node::is(std::string_view op_type) const { return is("", op_type); }

bool Node::is(std::string_view domain_name, std::string_view op_type) const {
  return payload_->op_type() == op_type && domain() == domain_name;
}

bool Node::has_attribute(std::string_view name) const {
  return find_attribute(*payload_, name) != nullptr;
}

std::optional<int64_t> Node::int_attribute(std::string_view name) const {
  const AttributeProto* attribute = find_attribute(*payload_, name, AttributeProto::INT);
  if (attribute == nullptr) return std::nullopt;
  return attribute->i();
}

int64_t Node::int_attribute(std::string_view name, int64_t otherwise) const {
  return int_attribute(name).value_or(otherwise);
}

std::optional<float> Node::float_attribute(std::string_view name) const {
  const AttributeProto* attribute = find_attribute(*payload_, name, AttributeProto::FLOAT);
  if (attribute == nullptr) return std::nullopt;
  return attribute->f();
}

float Node::float_attribute(std::string_view name, float otherwise) const {
  return float_attribute(name).value_or(otherwise);
}

std::optional<std::string> Node::string_attribute(std::string_view name) const {
  const AttributeProto* attribute = find_attribute(*payload_, name, AttributeProto::STRING);
  if (attribute == nullptr) return std::nullopt;
  return attribute->s();
}

std::optional<std::vector<int64_t>> Node::ints_attribute(std::string_view name) const {
  const AttributeProto* attribute = find_attribute(*payload_, name, AttributeProto::INTS);
  if (attribute == nullptr) return std::nullopt;
  return std::vector<int64_t>(attribute->ints().begin(), attribute->ints().end());
}

std::optional<std::vector<float>> Node::floats_attribute(std::string_view name) const {
  const AttributeProto* attribute = find_attribute(*payload_, name, AttributeProto::FLOATS);
  if (attribute == nullptr) return std::nullopt;
  return std::vector<float>(attribute->floats().begin(), attribute->floats().end());
}

std::optional<Tensor> Node::tensor_attribute(std::string_view name) const {
  const AttributeProto* attribute = find_attribute(*payload_, name, AttributeProto::TENSOR);
  if (attribute == nullptr) return std::nullopt;
  Result<Tensor> tensor = tensor_from_proto(attribute->t(), graph_->model().extents());
  if (!tensor) return std::nullopt;
  return *std::move(tensor);
}

std::vector<std::string> Node::attribute_names() const {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(payload_->attribute_size()));
  for (const AttributeProto& attribute : payload_->attribute()) names.push_back(attribute.name());
  return names;
}

std::string Node::attribute_key() const {
  std::vector<std::string> parts;
  for (AttributeProto attribute : payload_->attribute()) {
    attribute.clear_doc_string();
    parts.push_back(attribute.SerializeAsString());
  }
  std::ranges::sort(parts);
  std::string key;
  for (const std::string& part : parts) key += std::to_string(part.size()) + ":" + part;
  return key;
}

void Node::set_attribute(const std::string& name, const AttributeValue& value) {
  auto* attribute = const_cast<AttributeProto*>(find_attribute(*payload_, name));
  if (attribute == nullptr) attribute = payload_->add_attribute();
  attribute->Clear();
  attribute->set_name(name);
  std::visit(AttributeWriter{*attribute}, value);
}

bool Node::precedes(const Node& other) const { return position_ < other.position_; }

}  // namespace ortopt
