#include "precision/align.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <string_view>

#include "precision/operator_classes.h"
#include "precision/type_plan.h"

namespace ortopt {
namespace {

constexpr std::string_view pass = "align";

/// How many moves in a row are looked through.
constexpr int most_moves = 6;

/// Operators that are not worth two Casts.
bool is_cheap(const Node& node) {
  return is_move(node) || is_elementwise(node) || is_comparison(node) || is_sum(node) ||
         node.is("ReduceMax") || node.is("ReduceMin") || node.is("Softmax");
}

class Aligner {
 public:
  Aligner(const Graph& graph, const FloatSlots& slots, const PrecisionOptions& options,
          Marks& marks)
      : graph_(graph), slots_(slots), marks_(marks), plan_(graph, slots, marks, options) {}

  void run() {
    // What is kept only grows, so that this ends.
    for (bool changed = true; changed;) {
      changed = false;
      find_full_outputs();
      for (const Node* node : slots_.nodes()) changed |= look(*node);
      for (const Node* node : slots_.nodes() | std::views::reverse) changed |= look(*node);
    }
  }

 private:
  void find_full_outputs() {
    for_each_graph(const_cast<Graph&>(graph_), [&](Graph& each) {
      for (std::size_t k = 0; k < each.outputs().size(); ++k)
        if (plan_.wanted_by_output(each, k) == DataType::float32)
          full_outputs_.insert(each.outputs()[k]);
    });
  }

  bool look(const Node& node) {
    if (!plan_.is_half(node)) return false;
    if (!node.graphs().empty())
      return gives_full(node) && keep(node, "gives what is computed in float32 inside");
    if (node.is("Cast"))
      return is_wanted_full(node) && keep(node, "its result is needed in float32");
    if (is_move(node) && is_made_full(node) && is_wanted_full(node))
      return keep(node, "moves numbers that are and stay float32");
    if (is_cheap(node) && is_between_kept(node))
      return keep(node, "between operators that stay in float32");
    return false;
  }

  bool keep(const Node& node, std::string_view reason) {
    marks_.keep(node, pass, reason);
    return true;
  }

  /// Whether a nested graph computes in float32 what it hands out: a sum over the steps of a loop,
  /// for one, is to lose nothing between two steps.
  [[nodiscard]] bool gives_full(const Node& node) const {
    return std::ranges::any_of(node.graphs(), [&](const auto& nested) {
      const Graph& graph = *nested.second;
      for (std::size_t k = 0; k < graph.outputs().size(); ++k)
        if (slots_.inner_output_changes(graph, k) && is_full(*graph.outputs()[k])) return true;
      return false;
    });
  }

  /// Whether somebody needs an output in float32.
  [[nodiscard]] bool is_wanted_full(const Node& node, int moves = most_moves) const {
    return std::ranges::any_of(node.outputs(), [&](const Value* output) {
      if (output == nullptr) return false;
      return full_outputs_.contains(output) ||
             std::ranges::any_of(output->uses(), [&](const Use& use) {
               if (FloatSlots::takes_any(*use.node, use.slot)) return false;
               return wants_full(use) ||
                      (moves > 0 && is_move(*use.node) && is_wanted_full(*use.node, moves - 1));
             });
    });
  }

  [[nodiscard]] bool wants_full(const Use& use) const {
    return plan_.wanted_by(*use.node, use.slot) == DataType::float32;
  }

  /// Whether what it moves is float32 anyway, and no constant.
  [[nodiscard]] bool is_made_full(const Node& node, int moves = most_moves) const {
    for (std::size_t slot = 0; slot < node.inputs().size(); ++slot) {
      if (!slots_.input_changes(node, slot)) continue;
      if (is_full(*node.input(slot))) return true;
      const Node* source = node.input(slot)->producer();
      if (moves > 0 && source != nullptr && is_move(*source) && is_made_full(*source, moves - 1))
        return true;
    }
    return false;
  }

  [[nodiscard]] bool is_full(const Value& value) const {
    return value.initializer() == nullptr && plan_.type_of(value) == DataType::float32;
  }

  /// Whether all that it reads and all that read it are kept.
  [[nodiscard]] bool is_between_kept(const Node& node) const {
    bool has_kept_source = false;
    for (std::size_t slot = 0; slot < node.inputs().size(); ++slot) {
      if (!slots_.input_changes(node, slot)) continue;
      const Value& value = *node.input(slot);
      if (value.initializer() != nullptr) continue;
      if (value.producer() == nullptr || !is_full(value)) return false;
      has_kept_source = true;
    }
    if (!has_kept_source) return false;
    return std::ranges::all_of(node.outputs(), [&](const Value* output) {
      return output == nullptr ||
             (!output->is_graph_output() && !output->uses().empty() &&
              std::ranges::all_of(output->uses(), [&](const Use& use) { return wants_full(use); }));
    });
  }

  const Graph& graph_;
  const FloatSlots& slots_;
  Marks& marks_;
  TypePlan plan_;
  std::set<const Value*> full_outputs_;
};

}  // namespace

void align(const Graph& graph, const FloatSlots& slots, const PrecisionOptions& options,
           Marks& marks) {
  Aligner(graph, slots, options, marks).run();
}

}  // namespace ortopt
