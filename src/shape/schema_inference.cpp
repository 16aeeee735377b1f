#include "shape/schema_inference.h"

#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <exception>
#include <string>
#include <unordered_map>
#include <vector>

#include "ortopt/ir/model.h"

namespace ortopt::shape {
namespace {

/// ONNX's inference knows sizes as numbers or names, and drops what it calculates with names. So
/// each Dim goes in under its text as a name, and names that come out are looked up.
class SymbolNames {
 public:
  void write(const Dim& dim, onnx::TensorShapeProto::Dimension& to) {
    if (const auto number = dim.constant()) {
      to.set_dim_value(*number);
    } else {
      const std::string name = dim.text();
      dims_.try_emplace(name, dim);
      to.set_dim_param(name);
    }
  }

  [[nodiscard]] std::optional<Dim> read(const onnx::TensorShapeProto::Dimension& from) const {
    if (from.has_dim_value() && from.dim_value() >= 0) return Dim(from.dim_value());
    const auto found = from.has_dim_param() ? dims_.find(from.dim_param()) : dims_.end();
    return found == dims_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::unordered_map<std::string, Dim> dims_;
};

class Context final : public onnx::InferenceContext {
 public:
  Context(const Step& step, SymbolNames& names) : step_(&step) {
    const std::size_t count = step.input_count();
    types_.resize(count);
    data_.resize(count);
    contents_.resize(count);
    has_content_.resize(count);
    outputs_.resize(step.output_count());
    for (std::size_t k = 0; k < count; ++k)
      if (step.in(k) != nullptr) describe(k, names);
  }

  [[nodiscard]] const onnx::AttributeProto* getAttribute(const std::string& name) const override {
    for (const onnx::AttributeProto& attribute : step_->node().payload().attribute())
      if (attribute.name() == name) return &attribute;
    return nullptr;
  }
  [[nodiscard]] std::size_t getNumInputs() const override { return types_.size(); }
  [[nodiscard]] const onnx::TypeProto* getInputType(std::size_t index) const override {
    return index < types_.size() && types_[index].value_case() != onnx::TypeProto::VALUE_NOT_SET
               ? &types_[index]
               : nullptr;
  }
  [[nodiscard]] bool hasInput(std::size_t index) const override {
    return step_->node().input(index) != nullptr;
  }
  [[nodiscard]] const onnx::TensorProto* getInputData(std::size_t index) const override {
    return index < data_.size() && data_[index].has_data_type() ? &data_[index] : nullptr;
  }
  [[nodiscard]] const onnx::SparseTensorProto* getInputSparseData(std::size_t) const override {
    return nullptr;
  }
  [[nodiscard]] const onnx::TensorShapeProto* getSymbolicInput(std::size_t index) const override {
    return index < contents_.size() && has_content_[index] ? &contents_[index] : nullptr;
  }
  [[nodiscard]] std::size_t getNumOutputs() const override { return outputs_.size(); }
  onnx::TypeProto* getOutputType(std::size_t index) override {
    return index < outputs_.size() ? &outputs_[index] : nullptr;
  }
  // Nested graphs have rules of ours.
  onnx::GraphInferencer* getGraphAttributeInferencer(const std::string&) override {
    return nullptr;
  }

 private:
  void describe(std::size_t slot, SymbolNames& names) {
    const Record& record = *step_->in(slot);
    if (record.parts || (record.dtype == DataType::undefined && !record.layout)) return;
    onnx::TypeProto::Tensor& type = *types_[slot].mutable_tensor_type();
    type.set_elem_type(static_cast<int>(record.dtype));
    if (record.layout)
      for (const LayoutDim& dim : record.layout->dims)
        names.write(size_of(dim), *type.mutable_shape()->add_dim());
    if (record.layout && record.layout->rank() == 0) type.mutable_shape();
    describe_content(slot, names);
  }

  void describe_content(std::size_t slot, SymbolNames& names) {
    const Record& record = *step_->in(slot);
    const ShapeValue* content = step_->content(slot);
    if (content == nullptr || is_floating(record.dtype)) return;
    const auto dims = content->as_dims();
    if (!dims) return;
    bool all_numbers = true;
    onnx::TensorProto numbers;
    for (const int64_t size : content->dims) numbers.add_dims(size);
    for (const Dim& dim : *dims) {
      names.write(dim, *contents_[slot].add_dim());
      const auto number = dim.constant();
      all_numbers = all_numbers && number;
      if (!number) continue;
      if (record.dtype == DataType::int64)
        numbers.add_int64_data(*number);
      else
        numbers.add_int32_data(static_cast<int32_t>(*number));
    }
    has_content_[slot] = content->dims.size() == 1;
    if (!all_numbers) return;
    numbers.set_data_type(static_cast<int>(record.dtype));
    data_[slot] = std::move(numbers);
  }

  const Step* step_;
  std::vector<onnx::TypeProto> types_;
  std::vector<onnx::TensorProto> data_;
  std::vector<onnx::TensorShapeProto> contents_;
  std::vector<bool> has_content_;
  std::vector<onnx::TypeProto> outputs_;
};

void read_output(Step& step, std::size_t slot, const onnx::TypeProto& type,
                 const SymbolNames& names) {
  if (!type.has_tensor_type()) return;
  Record& output = step.out(slot);
  if (output.dtype == DataType::undefined)
    output.dtype = static_cast<DataType>(type.tensor_type().elem_type());
  if (output.layout || !type.tensor_type().has_shape()) return;
  Dims dims;
  for (const auto& size : type.tensor_type().shape().dim()) {
    const auto known = names.read(size);
    dims.push_back(step.fresh("inferred", known ? *known : step.unknown(dims.size(), slot)));
  }
  step.set(slot, dims);
}

/// Inference functions read what the schema promises without looking: a node that breaks the promise
/// must not reach them, nor one with nested graphs (those have rules of ours).
bool keeps_schema(const Step& step, const onnx::OpSchema& schema) {
  // The function divides by the content of its second input.
  if (step.node().is("SplitToSequence")) return false;
  const auto inputs = static_cast<int>(step.input_count());
  const auto outputs = static_cast<int>(step.output_count());
  if (inputs < schema.min_input() || inputs > schema.max_input() || outputs < schema.min_output() ||
      outputs > schema.max_output())
    return false;
  for (std::size_t k = 0; k < step.input_count() && k < schema.inputs().size(); ++k)
    if (schema.inputs()[k].GetOption() == onnx::OpSchema::Single && step.in(k) == nullptr)
      return false;
  for (const auto& [name, attribute] : schema.attributes())
    if (attribute.type == onnx::AttributeProto::GRAPH ||
        (attribute.required && !step.node().has_attribute(name)))
      return false;
  for (const onnx::AttributeProto& given : step.node().payload().attribute()) {
    const auto known = schema.attributes().find(given.name());
    if (known == schema.attributes().end() || known->second.type != given.type()) return false;
    // They divide by strides.
    if (given.name() == "strides" && std::ranges::count(given.ints(), 0) > 0) return false;
  }
  return true;
}

}  // namespace

void infer_from_schema(Step& step) {
  const Node& node = step.node();
  const auto opset = node.graph().model().opset(node.domain());
  if (!opset) return;
  try {
    const onnx::OpSchema* schema =
        onnx::OpSchemaRegistry::Schema(node.op(), static_cast<int>(opset->version), node.domain());
    if (schema == nullptr || !schema->has_type_and_shape_inference_function() ||
        !keeps_schema(step, *schema))
      return;
    SymbolNames names;
    Context context(step, names);
    schema->GetTypeAndShapeInferenceFunction()(context);
    for (std::size_t k = 0; k < step.output_count(); ++k)
      if (step.node().output(k) != nullptr && !step.out(k).parts)
        read_output(step, k, *context.getOutputType(k), names);
  } catch (const std::exception&) {
    // The function does not like the node; whether the node is valid is not asked here.
  }
}

}  // namespace ortopt::shape
