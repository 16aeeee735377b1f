#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "ortopt/pass/pass.h"
#include "ortopt/pass/rewriter.h"
#include "ortopt/precision/options.h"
#include "precision/type_plan.h"

namespace ortopt {

/// Makes a model what a plan says: types that attributes hold, weights, Casts, declarations.
class Conversion {
 public:
  Conversion(Graph& graph, const FloatSlots& slots, const TypePlan& plan,
             const PrecisionOptions& options, Context& context);

  Changes run();

 private:
  /// A value that some of its readers want in another type than it will have.
  struct Demand {
    Value* value = nullptr;
    DataType type = DataType::undefined;
    std::vector<Use> readers;
    std::vector<std::pair<Graph*, std::size_t>> outputs;  ///< Graphs, and places in their outputs.
  };

  void collect();
  Demand& demand(Value& value, DataType type);
  void collect_declarations();
  void change_nodes();
  void satisfy(const Demand& wanted);
  void satisfy_with_weight(const Demand& wanted);
  Value& cast(const Demand& wanted, Rewriter& to);
  Value& clipped(Value& value, Rewriter& to);
  static void give(Value& value, const std::vector<Use>& readers, Rewriter& to);
  static void set_output(Graph& graph, std::size_t index, Value& value, DataType type,
                         Rewriter& to);

  Graph& graph_;
  const FloatSlots& slots_;
  const TypePlan& plan_;
  const PrecisionOptions& options_;
  Context& context_;
  std::vector<Demand> demands_;
  std::map<std::pair<const Value*, DataType>, std::size_t> places_;  // in demands_
  std::vector<std::pair<Value*, DataType>> declarations_;
  std::size_t casts_ = 0;
  std::size_t changes_ = 0;
};

}  // namespace ortopt
