#pragma once

#include <cstddef>
#include <unordered_map>

#include "ortopt/precision/mark.h"
#include "precision/float_slots.h"

namespace ortopt {

/// The type of every value after the conversion, and the types that readers want: follows from
/// which nodes are kept.
class TypePlan {
 public:
  TypePlan(const Graph& graph, const FloatSlots& slots, const Marks& kept,
           const PrecisionOptions& options);

  [[nodiscard]] DataType half_type() const { return options_.half_type(); }
  /// Whether the node will compute in the half type.
  [[nodiscard]] bool is_half(const Node& node) const;
  /// `undefined` when it cannot be told; it stays what it is then.
  [[nodiscard]] DataType type_of(const Value& value) const;
  [[nodiscard]] DataType wanted_by(const Node& node, std::size_t slot) const;
  [[nodiscard]] DataType wanted_by_output(const Graph& graph, std::size_t index) const;

 private:
  [[nodiscard]] DataType interface_type(const Value& value) const;

  const Graph& graph_;
  const FloatSlots& slots_;
  const Marks& kept_;
  const PrecisionOptions& options_;
};

}  // namespace ortopt
