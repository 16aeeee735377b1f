#include "precision/operator_types.h"

#include <onnx/defs/schema.h>

#include <map>
#include <string>

#include "ortopt/ir/model.h"
#include "precision/runtime_operators.h"

namespace ortopt {

/// Fills an OperatorTypes from what is known of the operator.
class OperatorTypesBuilder {
 public:
  explicit OperatorTypesBuilder(const Node& node) : node_(node) {}

  OperatorTypes from_schema(const onnx::OpSchema& schema) {
    fill(schema.inputs(), node_.inputs().size(), made_.inputs_);
    fill(schema.outputs(), node_.outputs().size(), made_.outputs_);
    // Their elements would have to change with them.
    if (has_containers_) return {};
    return std::move(made_);
  }

  OperatorTypes from_row(const RuntimeOperator& row) {
    fill(row.inputs, made_.inputs_);
    fill(row.outputs, made_.outputs_);
    for (OperatorTypes::Allowed& allowed : made_.variables_)
      allowed = {.float16 = true, .bfloat16 = row.takes_bfloat16};
    return std::move(made_);
  }

 private:
  using Parameters = std::vector<onnx::OpSchema::FormalParameter>;

  static bool holds(const onnx::OpSchema::FormalParameter& parameter, const std::string& type) {
    for (const std::string* allowed : parameter.GetTypes())
      if (*allowed == type) return true;
    return false;
  }

  void fill(const Parameters& parameters, std::size_t count, OperatorTypes::Slots& slots) {
    if (parameters.empty()) return;
    for (std::size_t slot = 0; slot < count; ++slot) {
      const onnx::OpSchema::FormalParameter& parameter =
          parameters[std::min(slot, parameters.size() - 1)];
      slots.push_back(variable_of(parameter));
    }
  }

  std::optional<OperatorTypes::Variable> variable_of(
      const onnx::OpSchema::FormalParameter& parameter) {
    const bool is_variadic = parameter.GetOption() == onnx::OpSchema::Variadic;
    const OperatorTypes::Allowed allowed{holds(parameter, "tensor(float16)"),
                                         holds(parameter, "tensor(bfloat16)")};
    if (!holds(parameter, "tensor(float)")) {
      for (const std::string* type : parameter.GetTypes())
        has_containers_ |= type->starts_with("seq(") || type->starts_with("optional(");
      return std::nullopt;
    }
    // What a nested graph takes and gives: each of another type.
    if (is_variadic && !parameter.GetIsHomogeneous()) return std::nullopt;
    if (!allowed.float16 && !allowed.bfloat16) return std::nullopt;
    const auto [entry, fresh] = names_.try_emplace(parameter.GetTypeStr(), made_.variables_.size());
    if (fresh) made_.variables_.push_back(allowed);
    return entry->second;
  }

  void fill(std::string_view letters, OperatorTypes::Slots& slots) {
    for (const char letter : letters) {
      if (letter == '.') {
        slots.emplace_back();
        continue;
      }
      const auto [entry, fresh] =
          names_.try_emplace(std::string(1, letter), made_.variables_.size());
      if (fresh) made_.variables_.emplace_back();
      slots.emplace_back(entry->second);
    }
  }

  const Node& node_;
  OperatorTypes made_;
  std::map<std::string, OperatorTypes::Variable> names_;
  bool has_containers_ = false;
};

std::optional<OperatorTypes> OperatorTypes::of(const Node& node) {
  const auto opset = node.graph().model().opset(node.domain());
  // What the runtime says of its operators goes before what ONNX says of later ones of that name.
  if (const RuntimeOperator* row = find_runtime_operator(node.domain(), node.op()))
    return OperatorTypesBuilder(node).from_row(*row);
  if (!opset || !node.domain().empty()) return std::nullopt;
  const onnx::OpSchema* schema =
      onnx::OpSchemaRegistry::Schema(node.op(), static_cast<int>(opset->version), node.domain());
  if (schema == nullptr) return std::nullopt;
  return OperatorTypesBuilder(node).from_schema(*schema);
}

bool OperatorTypes::takes(Variable variable, DataType type) const {
  const Allowed& allowed = variables_[variable];
  return (type == DataType::float16 && allowed.float16) ||
         (type == DataType::bfloat16 && allowed.bfloat16);
}

void OperatorTypes::fix_input(std::size_t slot) {
  if (slot < inputs_.size()) inputs_[slot].reset();
}

}  // namespace ortopt
