#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ortopt/ir/node.h"
#include "ortopt/ir/type.h"

namespace ortopt {

/// Which inputs and outputs of an operator share a type, and what it may be: the operator's schema,
/// as far as floating tensors are concerned.
class OperatorTypes {
 public:
  /// One type of the schema ("T"), by index.
  using Variable = std::size_t;

  /// Nothing for an operator whose schema is not known.
  [[nodiscard]] static std::optional<OperatorTypes> of(const Node& node);

  /// The type of an input; nothing where it is no free floating type (`tensor(float)`, sequences,
  /// integers).
  [[nodiscard]] std::optional<Variable> input(std::size_t slot) const { return at(inputs_, slot); }
  [[nodiscard]] std::optional<Variable> output(std::size_t slot) const {
    return at(outputs_, slot);
  }
  [[nodiscard]] std::size_t variable_count() const { return variables_.size(); }
  [[nodiscard]] bool takes(Variable variable, DataType type) const;

  /// Makes an input one that never changes its type.
  void fix_input(std::size_t slot);

 private:
  friend class OperatorTypesBuilder;
  struct Allowed {
    bool float16 = false;
    bool bfloat16 = false;
  };
  using Slots = std::vector<std::optional<Variable>>;
  [[nodiscard]] static std::optional<Variable> at(const Slots& slots, std::size_t slot) {
    return slot < slots.size() ? slots[slot] : std::nullopt;
  }

  Slots inputs_;
  Slots outputs_;
  std::vector<Allowed> variables_;
};

}  // namespace ortopt
