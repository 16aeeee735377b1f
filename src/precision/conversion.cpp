#include "precision/conversion.h"

#include <algorithm>
#include <string>

#include "ortopt/precision/half_precision.h"
#include "ortopt/precision/half_weights.h"
#include "precision/type_attributes.h"

namespace ortopt {
namespace {

/// The node of `graph` that is, or holds, the reader of a use.
Node& reader_in(const Graph& graph, const Use& use) {
  Node* reader = use.node;
  while (&reader->graph() != &graph) reader = reader->graph().owner();
  return *reader;
}

Node& first_reader(const Graph& graph, const std::vector<Use>& readers) {
  Node* first = nullptr;
  for (const Use& use : readers) {
    Node& reader = reader_in(graph, use);
    if (first == nullptr || reader.precedes(*first)) first = &reader;
  }
  return *first;
}

}  // namespace

Conversion::Conversion(Graph& graph, const FloatSlots& slots, const TypePlan& plan,
                       const PrecisionOptions& options, Context& context)
    : graph_(graph), slots_(slots), plan_(plan), options_(options), context_(context) {}

Changes Conversion::run() {
  collect();
  collect_declarations();
  change_nodes();
  for (const Demand& wanted : demands_) satisfy(wanted);
  for (const auto& [value, type] : declarations_) value->declare(type, value->declared_shape());
  context_.facts().precision.casts += casts_;
  return {changes_};
}

void Conversion::collect() {
  for (Node* node : slots_.nodes())
    for (std::size_t slot = 0; slot < node->inputs().size(); ++slot) {
      Value* value = node->input(slot);
      if (value == nullptr) continue;
      const DataType wanted = plan_.wanted_by(*node, slot);
      if (wanted != plan_.type_of(*value)) demand(*value, wanted).readers.push_back({node, slot});
    }
  for_each_graph(graph_, [&](Graph& graph) {
    for (std::size_t k = 0; k < graph.outputs().size(); ++k) {
      const DataType wanted = plan_.wanted_by_output(graph, k);
      Value& value = *graph.outputs()[k];
      if (wanted != plan_.type_of(value)) demand(value, wanted).outputs.emplace_back(&graph, k);
    }
  });
}

Conversion::Demand& Conversion::demand(Value& value, DataType type) {
  const auto [place, fresh] = places_.try_emplace({&value, type}, demands_.size());
  if (fresh) demands_.push_back({.value = &value, .type = type});
  return demands_[place->second];
}

/// What the file declares and what will not be true any more.
void Conversion::collect_declarations() {
  const auto look = [&](Value& value) {
    const DataType type = plan_.type_of(value);
    if (value.declared_type() != DataType::undefined && type != slots_.type_now(value))
      declarations_.emplace_back(&value, type);
  };
  for_each_graph(graph_, [&](Graph& graph) {
    for (Value* input : graph.inputs()) look(*input);
  });
  for (const Node* node : slots_.nodes())
    for (Value* output : node->outputs())
      if (output != nullptr) look(*output);
  changes_ += declarations_.size();
}

void Conversion::change_nodes() {
  Rewriter to(HalfPrecision::name, graph_, context_);
  for (Node* node : slots_.nodes()) {
    if (!plan_.is_half(*node)) continue;
    ++changes_;
    if (slots_.output_changes(*node, 0))
      set_output_type(*node, plan_.half_type(), options_.half_range(), to);
  }
}

void Conversion::satisfy(const Demand& wanted) {
  ++changes_;
  if (wanted.value->initializer() != nullptr && wanted.type == plan_.half_type())
    return satisfy_with_weight(wanted);
  Value* made = nullptr;
  if (!wanted.readers.empty()) {
    Node& first = first_reader(wanted.value->graph(), wanted.readers);
    Rewriter to(HalfPrecision::name, first, context_);
    made = &cast(wanted, to);
    give(*made, wanted.readers, to);
    to.finish(*made, {});
  }
  for (const auto& [graph, index] : wanted.outputs) {
    Rewriter to(HalfPrecision::name, *graph, context_);
    Value& result = made != nullptr ? *made : cast(wanted, to);
    set_output(*graph, index, result, wanted.type, to);
    to.finish(result, {});
  }
}

void Conversion::give(Value& value, const std::vector<Use>& readers, Rewriter& to) {
  for (const Use& use : readers) to.set_input(*use.node, use.slot, &value);
}

void Conversion::set_output(Graph& graph, std::size_t index, Value& value, DataType type,
                            Rewriter& to) {
  to.set_output(index, value);
  Value& output = *graph.outputs()[index];
  output.declare(type, output.declared_shape());
}

/// A Cast; or, where the value came from the wanted type without loss, what it came from.
Value& Conversion::cast(const Demand& wanted, Rewriter& to) {
  Node* producer = wanted.value->producer();
  if (producer != nullptr && producer->is("Cast") && !plan_.is_half(*producer) &&
      plan_.type_of(*producer->input(0)) == wanted.type && wanted.type == plan_.half_type() &&
      wanted.outputs.empty())
    return *producer->input(0);
  ++casts_;
  const std::string name = wanted.value->name() + "_" + name_of(wanted.type);
  const bool has_fills =
      wanted.type == plan_.half_type() && options_.fills.contains(wanted.value->name());
  Value* source = has_fills ? &clipped(*wanted.value, to) : wanted.value;
  return *to.node(NodeSpec{.op = "Cast",
                           .inputs = {source},
                           .outputs = {name},
                           .attributes = {{"to", static_cast<int64_t>(wanted.type)}}})
              .output();
}

/// Half of the largest number: a fill and a score do not add up to an infinity.
Value& Conversion::clipped(Value& value, Rewriter& to) {
  const double most = options_.half_range().max_finite / 2;
  context_.facts().assume(
      std::string(HalfPrecision::name),
      "numbers beyond 1e30 in '" + value.name() + "' stand for any huge number");
  Value& least = to.constant("least", Tensor::scalar(DataType::float32, -most));
  Value& largest = to.constant("largest", Tensor::scalar(DataType::float32, most));
  return to.node("", "Min", {&to.node("", "Max", {&value, &least}), &largest});
}

/// The weight itself when nobody wants it as it was, otherwise a second one.
void Conversion::satisfy_with_weight(const Demand& wanted) {
  Value& weight = *wanted.value;
  auto count = std::make_shared<ClampCount>();
  const Tensor content = as_half(*weight.initializer(), wanted.type, options_.half_range(), count);
  context_.facts().precision.weights.push_back({weight.name(), count});
  Graph& graph = weight.graph();
  if (weight.uses().size() == wanted.readers.size() && !weight.is_graph_output()) {
    graph.set_initializer(weight, content);
    if (weight.declared_type() != DataType::undefined)
      weight.declare(wanted.type, weight.declared_shape());
    if (context_.has_analysis()) context_.analysis().forget(weight);
    return;
  }
  Value& half = graph.add_initializer(weight.name() + "_" + name_of(wanted.type), content);
  Rewriter to(HalfPrecision::name, graph, context_);
  give(half, wanted.readers, to);
  for (const auto& [holder, index] : wanted.outputs)
    set_output(*holder, index, half, wanted.type, to);
  to.finish(half, {});
}

}  // namespace ortopt
