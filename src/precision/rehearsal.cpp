#include "ortopt/precision/rehearsal.h"

#include <unordered_map>
#include <vector>

#include "ortopt/ir/recipe.h"
#include "ortopt/precision/half_weights.h"
#include "precision/half_plan.h"
#include "precision/mask_fills.h"

namespace ortopt {
namespace {

class Rehearsal {
 public:
  Rehearsal(const HalfPlan& plan, const PrecisionOptions& options)
      : slots_(plan.slots), plan_(plan.types), options_(options) {}

  void run(Graph& main_graph) {
    // What is inserted on the way is none of the conversion's.
    const std::vector<Reading> readings = find_readings();
    std::vector<std::pair<Graph*, std::size_t>> outputs;
    for_each_graph(main_graph, [&](Graph& graph) {
      for (std::size_t k = 0; k < graph.outputs().size(); ++k)
        if (plan_.type_of(*graph.outputs()[k]) == plan_.half_type())
          outputs.emplace_back(&graph, k);
    });
    for (const Reading& reading : readings) {
      Value& value = rounded(*reading.value);
      reading.use.node->graph().set_input(*reading.use.node, reading.use.slot, &value);
    }
    for (const auto& [graph, index] : outputs)
      if (slots_.type_now(*graph->outputs()[index]) == DataType::float32)
        graph->set_output(index, rounded(*graph->outputs()[index]));
  }

 private:
  struct Reading {
    Value* value;
    Use use;
  };

  [[nodiscard]] std::vector<Reading> find_readings() const {
    std::vector<Reading> found;
    for (Node* node : slots_.nodes())
      for (std::size_t slot = 0; slot < node->inputs().size(); ++slot) {
        Value* value = node->input(slot);
        if (value == nullptr || slots_.type_now(*value) != DataType::float32) continue;
        const bool is_half = plan_.type_of(*value) == plan_.half_type() ||
                             plan_.wanted_by(*node, slot) == plan_.half_type();
        if (is_half) found.push_back({value, {node, slot}});
      }
    return found;
  }

  Value& rounded(Value& value) {
    const auto [entry, fresh] = rounded_.try_emplace(&value);
    if (fresh) entry->second = value.initializer() != nullptr ? &weight(value) : &casts(value);
    return *entry->second;
  }

  [[nodiscard]] Value& weight(const Value& value) const {
    const Tensor half = as_half(*value.initializer(), plan_.half_type(), options_.half_range());
    return value.graph().add_initializer(value.name() + "_rounded",
                                         converted(half, DataType::float32));
  }

  [[nodiscard]] Value& casts(Value& value) const {
    Graph& graph = value.graph();
    auto next = graph.nodes().begin();
    if (value.producer() != nullptr) next = ++Graph::NodeIterator(value.producer());
    Node* before = next == graph.nodes().end() ? nullptr : &*next;
    const auto add = [&](const std::string& op, std::vector<Value*> inputs,
                         Attributes attributes) -> Value* {
      return graph
          .insert({.op = op,
                   .inputs = std::move(inputs),
                   .outputs = {value.name() + "_rounded"},
                   .attributes = std::move(attributes)},
                  before)
          .output();
    };
    Value* source = &value;
    if (options_.fills.contains(value.name())) {
      const double most = options_.half_range().max_finite / 2;
      const auto bound = [&](double number) {
        return &graph.add_initializer("bound", Tensor::scalar(DataType::float32, number));
      };
      source = add("Min", {add("Max", {source, bound(-most)}, {}), bound(most)}, {});
    }
    for (const DataType type : {plan_.half_type(), DataType::float32})
      source = add("Cast", {source}, {{"to", static_cast<int64_t>(type)}});
    return *source;
  }

  const FloatSlots& slots_;
  const TypePlan& plan_;
  const PrecisionOptions& options_;
  std::unordered_map<const Value*, Value*> rounded_;
};

}  // namespace

void rehearse(Graph& graph, const PrecisionOptions& options, Context& context) {
  const HalfPlan plan(graph, options, context);
  tame_mask_fills(graph, plan.slots, plan.types, options.half_range().max_finite, context);
  Rehearsal(plan, options).run(graph);
  context.invalidate_analysis();
}

}  // namespace ortopt
