#include "ortopt/ir/value.h"

#include <onnx/onnx_pb.h>

#include <utility>

namespace ortopt {

Value::Value(Graph& graph, std::string name) : name_(std::move(name)), graph_(&graph) {}

Value::~Value() = default;

DataType Value::declared_type() const {
  if (declaration_ == nullptr || !declaration_->type().has_tensor_type())
    return DataType::undefined;
  return static_cast<DataType>(declaration_->type().tensor_type().elem_type());
}

std::optional<DeclaredShape> Value::declared_shape() const {
  if (declaration_ == nullptr || !declaration_->type().has_tensor_type()) return std::nullopt;
  const onnx::TypeProto_Tensor& tensor = declaration_->type().tensor_type();
  if (!tensor.has_shape()) return std::nullopt;
  DeclaredShape shape;
  shape.reserve(static_cast<std::size_t>(tensor.shape().dim_size()));
  for (const auto& dim : tensor.shape().dim()) {
    DeclaredDim& declared = shape.emplace_back();
    if (dim.has_dim_value() && dim.dim_value() >= 0) declared.size = dim.dim_value();
    if (dim.has_dim_param()) declared.symbol = dim.dim_param();
  }
  return shape;
}

void Value::declare(DataType type, const std::optional<DeclaredShape>& shape) {
  if (declaration_ == nullptr) declaration_ = std::make_unique<onnx::ValueInfoProto>();
  onnx::TypeProto_Tensor& tensor = *declaration_->mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(static_cast<int32_t>(type));
  tensor.clear_shape();
  if (!shape) return;
  onnx::TensorShapeProto& dims = *tensor.mutable_shape();
  for (const DeclaredDim& declared : *shape) {
    auto& dim = *dims.add_dim();
    if (declared.size)
      dim.set_dim_value(*declared.size);
    else if (!declared.symbol.empty())
      dim.set_dim_param(declared.symbol);
  }
}

void Value::set_declaration(const onnx::ValueInfoProto& declaration) {
  declaration_ = std::make_unique<onnx::ValueInfoProto>(declaration);
}

}  // namespace ortopt
