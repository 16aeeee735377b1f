#pragma once

#include <cstddef>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ortopt/ir/graph.h"
#include "ortopt/precision/options.h"
#include "ortopt/shape/analysis.h"
#include "precision/borders.h"
#include "precision/operator_types.h"

namespace ortopt {

/// Which inputs and outputs of which nodes are float32 now and could be of the half type: what a
/// conversion is free to choose. Refers to nodes and values by address.
class FloatSlots {
 public:
  /// Of the main graph and those nested in it.
  FloatSlots(Graph& graph, const Analysis& facts, const PrecisionOptions& options);

  /// The type of a value as the model is; `undefined` when it cannot be told.
  [[nodiscard]] DataType type_now(const Value& value) const;
  /// Nodes in order, those of nested graphs after the node that holds them.
  [[nodiscard]] const std::vector<Node*>& nodes() const { return nodes_; }
  /// Whether anything about the node would change with its precision.
  [[nodiscard]] bool can_change(const Node& node) const { return free_.contains(&node); }
  [[nodiscard]] bool input_changes(const Node& node, std::size_t slot) const;
  /// Whether the node does the same for any type of this input: Cast, Shape.
  [[nodiscard]] static bool takes_any(const Node& node, std::size_t slot);
  [[nodiscard]] bool output_changes(const Node& node, std::size_t slot) const;
  /// Whether an input or output of a nested graph changes with the node that holds the graph.
  [[nodiscard]] bool inner_input_changes(const Value& value) const {
    return inner_inputs_.contains(&value);
  }
  [[nodiscard]] bool inner_output_changes(const Graph& graph, std::size_t index) const {
    return inner_outputs_.contains({&graph, index});
  }

 private:
  /// The slots that follow the precision of a node.
  struct Free {
    std::vector<bool> inputs;
    std::vector<bool> outputs;
  };
  void visit(Graph& graph);
  void visit(Node& node);
  void visit_nested(Node& node);
  [[nodiscard]] bool is_float(const Node& node, const Border& border) const;
  [[nodiscard]] std::vector<bool> float_variables(const Node& node,
                                                  const OperatorTypes& types) const;

  const Analysis& facts_;
  const PrecisionOptions& options_;
  std::vector<Node*> nodes_;
  std::unordered_map<const Node*, Free> free_;
  std::unordered_map<const Value*, DataType> known_;
  std::unordered_set<const Value*> inner_inputs_;
  std::set<std::pair<const Graph*, std::size_t>> inner_outputs_;
};

}  // namespace ortopt
