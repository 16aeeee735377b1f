#include "shape/knowledge.h"

#include <algorithm>
#include <array>

#include "ortopt/shape/fold.h"
#include "shape/content.h"
#include "shape/rules.h"
#include "shape/schema_inference.h"
#include "shape/step.h"

namespace ortopt::shape {
namespace {

DataType type_from(TypeFrom source, const Step& step) {
  const auto input = [&](std::size_t slot) {
    const Record* record = step.in(slot);
    return record == nullptr ? DataType::undefined : record->dtype;
  };
  switch (source) {
    case TypeFrom::input_0:
      return input(0);
    case TypeFrom::input_1:
      return input(1);
    case TypeFrom::input_2:
      return input(2);
    case TypeFrom::boolean:
      return DataType::boolean;
    case TypeFrom::int64:
      return DataType::int64;
    case TypeFrom::attribute_to:
      return static_cast<DataType>(step.node().int_attribute("to", 0));
    case TypeFrom::inference:
      break;
  }
  return DataType::undefined;
}

void carry_marks(Step& step) {
  for (std::size_t k = 0; k < step.input_count(); ++k)
    if (const Record* input = step.in(k)) {
      step.out().scores.join(input->scores);
      step.out().probabilities.join(input->probabilities);
    }
}

bool all_from_constants(const Step& step) {
  bool any = false;
  for (std::size_t k = 0; k < step.input_count(); ++k)
    if (const Record* input = step.in(k)) {
      if (!input->from_constants) return false;
      any = true;
    }
  return any;
}

/// What the file says of a value that nothing else is known of: its rank and the sizes that are
/// numbers. Symbols of the file are not believed: exporters leave stale ones behind.
void read_declaration(Step& step, std::size_t slot, const Value& value) {
  Record& output = step.out(slot);
  if (output.dtype == DataType::undefined) output.dtype = value.declared_type();
  // Of a value that is one thing or another the file knows one of them.
  const bool may_vary = !step.node().graphs().empty();
  const auto shape = output.layout || may_vary ? std::nullopt : value.declared_shape();
  if (!shape) return;
  Dims dims;
  for (std::size_t k = 0; k < shape->size(); ++k) {
    const auto& size = (*shape)[k].size;
    dims.push_back(step.fresh("unknown", size && *size >= 0 ? Dim(*size) : step.unknown(k, slot)));
  }
  step.set(slot, dims);
}

}  // namespace

void Knowledge::learn(Graph& graph) {
  for (const Value* value : graph.initializers())
    if (!records_.contains(value)) set_constant(*value, *value->initializer());
  for (const Value* value : graph.inputs())
    if (!records_.contains(value)) learn_input(*value);
  for (const Node& node : graph.nodes()) learn(node);
}

void Knowledge::learn_input(const Value& input) {
  Record record;
  record.dtype = input.declared_type();
  if (const auto shape = input.declared_shape()) {
    Layout& layout = record.layout.emplace();
    for (std::size_t k = 0; k < shape->size(); ++k) {
      const DeclaredDim& declared = (*shape)[k];
      const bool is_number = declared.size && *declared.size >= 0;
      const std::string place = input.name() + (is_number ? "." : "_") + std::to_string(k);
      if (is_number) {
        layout.dims.push_back(
            fresh({.name = place, .size = *declared.size, .kind = AxisKind::input}));
        continue;
      }
      const std::string symbol = declared.symbol.empty() ? place : declared.symbol;
      symbol_age_.try_emplace(symbol, symbol_age_.size());
      const Axis*& axis = input_axes_[symbol];
      if (axis == nullptr) {
        axis = &add_axis(
            {.name = symbol, .size = resolved(Dim::symbol(symbol)), .kind = AxisKind::input});
      }
      layout.dims.push_back({{axis, 1, axis->size}});
    }
  }
  set(input, std::move(record));
}

void Knowledge::set_constant(const Value& value, const Tensor& content) {
  Record record;
  record.dtype = content.dtype();
  record.constant = std::make_shared<const Tensor>(content);
  record.constant_tried = true;
  record.from_constants = true;
  Layout& layout = record.layout.emplace();
  layout.dims.reserve(content.dims().size());
  for (const int64_t size : content.dims())
    layout.dims.push_back(fresh({.name = "constant", .size = size, .kind = AxisKind::constant}));
  set(value, std::move(record));
}

bool Knowledge::learn_constant_node(const Node& node) {
  std::vector<const Tensor*> inputs;
  inputs.reserve(node.inputs().size());
  for (const Value* input : node.inputs()) {
    Record* record = input == nullptr ? nullptr : find(*input);
    inputs.push_back(record == nullptr ? nullptr : constant(*record));
    if (input != nullptr && inputs.back() == nullptr) return false;
  }
  if (inputs.empty() && !node.is("Constant")) return false;
  const auto results = fold(node, inputs);
  if (!results || results->size() < node.outputs().size()) return false;
  for (std::size_t k = 0; k < node.outputs().size(); ++k)
    if (const Value* output = node.output(k)) set_constant(*output, (*results)[k]);
  return true;
}

void Knowledge::learn(const Node& node) {
  if (learn_constant_node(node)) return;
  Step step(*this, node);
  const Operator* known = find_operator(node);
  if (known != nullptr && step.output_count() > 0) {
    step.out().dtype = type_from(known->type, step);
    known->rule(step);
    if (known->marks == Marks::carry) carry_marks(step);
    if (softmax_numerator(node) != nullptr) {
      step.out().scores = {};
      step.out().probabilities = {node.output(), false};
    }
  }
  const bool from_constants = all_from_constants(step);
  const auto outputs = node.outputs();
  const auto is_incomplete = [&](std::size_t k) {
    const Record& record = step.out(k);
    return outputs[k] != nullptr && !record.parts &&
           (!record.layout || record.dtype == DataType::undefined);
  };
  bool incomplete = false;
  for (std::size_t k = 0; k < outputs.size(); ++k) incomplete = incomplete || is_incomplete(k);
  if (incomplete) infer_from_schema(step);
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if (outputs[k] == nullptr) continue;
    if (is_incomplete(k)) read_declaration(step, k, *outputs[k]);
    if (is_incomplete(k) && !step.out(k).layout) lose(node, "rank unknown");
    step.out(k).from_constants = from_constants;
    set(*outputs[k], std::move(step.out(k)));
  }
}

Record* Knowledge::find(const Value& value) {
  auto found = records_.find(&value);
  if (found == records_.end()) {
    // An initializer that was added since.
    if (value.initializer() == nullptr) return nullptr;
    set_constant(value, *value.initializer());
    found = records_.find(&value);
  }
  if (found->second.epoch != epoch_) resolve(found->second);
  return &found->second;
}

Record& Knowledge::set(const Value& value, Record record) {
  Record& known = records_[&value];
  known = std::move(record);
  return known;
}

const ShapeValue* Knowledge::content(Record& record) {
  if (!record.content && !record.content_tried) {
    record.content_tried = true;
    if (record.constant) record.content = content_of(*record.constant);
  }
  return record.content.get();
}

const Tensor* Knowledge::constant(Record& record) {
  if (!record.constant && !record.constant_tried) {
    record.constant_tried = true;
    if (record.content) record.constant = tensor_of(*record.content, record.dtype);
  }
  return record.constant.get();
}

const Axis& Knowledge::add_axis(Axis axis) { return axes_.emplace_back(std::move(axis)); }

LayoutDim Knowledge::fresh(Axis axis) {
  if (axis.size.is(1)) return {};
  const Axis& added = add_axis(std::move(axis));
  return {{&added, 1, added.size}};
}

Dim Knowledge::unknown_size(const Value& value, std::size_t axis) {
  std::string name = "?" + value.name() + "." + std::to_string(axis);
  // Branches of one If may use a name twice.
  const Value*& owner = unknown_names_[name];
  if (owner == nullptr) owner = &value;
  if (owner != &value) name += "#" + std::to_string(unknown_names_.size());
  return Dim::symbol(std::move(name));
}

void Knowledge::lose(const Node& node, std::string_view reason) {
  const Value* output = node.output();
  losses_.push_back(node.op() + " '" + (output == nullptr ? node.name() : output->name()) +
                    "': " + std::string(reason));
}

}  // namespace ortopt::shape
