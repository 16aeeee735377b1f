#include "precision/gauge_builder.h"

#include <utility>

#include "ortopt/ir/model.h"
#include "ortopt/precision/gauges.h"

namespace ortopt {

GaugeBuilder::GaugeBuilder(Graph& graph, const Analysis& facts) : graph_(graph), facts_(facts) {
  constexpr int64_t first_with_inputs = 18;
  const auto opset = graph.model().opset();
  takes_axes_as_input_ = opset && opset->version >= first_with_inputs;
}

std::string GaugeBuilder::largest(Value& value) {
  const auto [entry, fresh] = largest_.try_emplace(&value);
  if (fresh) entry->second = as_output(peak(value));
  return entry->second;
}

std::string GaugeBuilder::extreme(Value& value) {
  const auto [entry, fresh] = extremes_.try_emplace(&value);
  if (fresh)
    entry->second = as_output(
        largest_of(node("Where", {&node("IsInf", {&value}), &number(0), &node("Abs", {&value})})));
  return entry->second;
}

std::string GaugeBuilder::count(Value& value) {
  const auto [entry, fresh] = counts_.try_emplace(&value);
  if (fresh) entry->second = as_output(node("Size", {&value}));
  return entry->second;
}

Value& GaugeBuilder::add(Value& one, Value& other) { return node("Add", {&one, &other}); }

Value& GaugeBuilder::product(Value& one, Value& other) { return node("Mul", {&one, &other}); }

Value& GaugeBuilder::matrix_product(Value& one, Value& other) {
  return node("MatMul", {&one, &other});
}

Value& GaugeBuilder::part(Value& value, int64_t first, int64_t end) {
  return node("Slice", {&value, &integers({first}), &integers({end}), &integers({-1})});
}

Value& GaugeBuilder::mean_square(Value& value) {
  return reduced("ReduceMean", product(value, value));
}

Value& GaugeBuilder::lengths(Value& value, int64_t heads) {
  return lengths(node("Reshape", {&value, &integers({0, 0, heads, -1})}));
}

Value& GaugeBuilder::lengths(Value& value) { return reduced("ReduceL2", value); }

// Infinities are no overflow: half floats hold them.
Value& GaugeBuilder::peak(Value& value) {
  Value& magnitude = node("Abs", {&value});
  return largest_of(
      node("Where", {&node("Less", {&magnitude, &number(least_fill)}), &magnitude, &number(0)}));
}

// A reduction of nothing fails in the runtime, so that a 0 goes with the numbers.
Value& GaugeBuilder::largest_of(Value& magnitudes) {
  Value& flat = node("Reshape", {&magnitudes, &integers({-1})});
  Value& padded = node("Concat", {&flat, &node("Reshape", {&number(0), &integers({1})})},
                       {{"axis", static_cast<int64_t>(0)}});
  return node("ReduceMax", {&padded}, {{"keepdims", static_cast<int64_t>(0)}});
}

Value& GaugeBuilder::number(double number) {
  return graph_.add_initializer("gauge_number", Tensor::scalar(DataType::float32, number));
}

Value& GaugeBuilder::integers(const std::vector<int64_t>& numbers) {
  return graph_.add_initializer("gauge_integers", Tensor::of_int64s(numbers));
}

Value& GaugeBuilder::reduced(const std::string& op, Value& value) {
  Attributes attributes = {{"keepdims", static_cast<int64_t>(0)}};
  if (takes_axes_as_input_) return node(op, {&value, &integers({-1})}, std::move(attributes));
  attributes.emplace_back("axes", std::vector<int64_t>{-1});
  return node(op, {&value}, std::move(attributes));
}

Value& GaugeBuilder::node(const std::string& op, std::vector<Value*> inputs,
                          Attributes attributes) {
  return *graph_
              .insert({.op = op,
                       .inputs = std::move(inputs),
                       .outputs = {"gauge"},
                       .attributes = std::move(attributes)})
              .output();
}

std::string GaugeBuilder::as_output(Value& value) {
  graph_.add_output(value);
  return value.name();
}

}  // namespace ortopt
