#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "ortopt/ir/value.h"
#include "ortopt/shape/dim.h"

namespace ortopt::attention {

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

/// One element of a tensor, as a function of index variables, sizes and elements of graph inputs.
struct Expression {
  enum class Op {
    integer,      ///< `dim`
    number,       ///< `number`
    input,        ///< element `index` of `value`
    nonnegative,  ///< `dim` ≥ 0
    nonzero,      ///< operand ≠ 0
    absolute,
    conjunction,
    disjunction,
    negation,
    choice,  ///< condition, then, otherwise
    sum,
    difference,
    product,
    quotient,
    minimum,
    maximum,
    equal,
    less,
    less_or_equal,
  };

  Op op = Op::number;
  Dim dim;
  double number = 0;
  const Value* value = nullptr;
  std::vector<Dim> index;
  std::vector<ExpressionPtr> operands;
};

[[nodiscard]] ExpressionPtr integer(Dim dim);
[[nodiscard]] ExpressionPtr number(double number);
[[nodiscard]] ExpressionPtr nonnegative(Dim dim);
[[nodiscard]] ExpressionPtr input_element(const Value& value, std::vector<Dim> index);
[[nodiscard]] ExpressionPtr make(Expression::Op op, std::vector<ExpressionPtr> operands);
/// Whether the expression is true or false by its operator.
[[nodiscard]] bool is_boolean(const Expression& expression);

/// Whether the expression is a whole number that 32 bits hold, whatever the inputs.
[[nodiscard]] bool is_whole(const Expression& expression);

/// The whole number that the expression is, or null.
[[nodiscard]] const Dim* integer_of(const Expression& expression);

/// What a truth table ranges over: an element of an input, or a comparison of positions that
/// depends on the indices.
struct Atom {
  const Value* value = nullptr;
  std::vector<Dim> index;
  Dim position;

  friend bool operator==(const Atom&, const Atom&) = default;
  /// By names, not addresses, so that equal models give equal answers.
  friend bool operator<(const Atom& a, const Atom& b) {
    static const std::string none;
    const std::string& left = a.value == nullptr ? none : a.value->name();
    const std::string& right = b.value == nullptr ? none : b.value->name();
    return std::tie(left, a.index, a.position) < std::tie(right, b.index, b.position);
  }
};

/// Collects the undecided atoms of an expression. `as_number` receives those input elements that
/// are read other than by "is it 0?".
void collect_atoms(const Expression& expression, std::set<Atom>& atoms, std::set<Atom>& as_number);

/// The expression's number under a truth value for each atom; nothing when an index is used as a
/// value.
[[nodiscard]] std::optional<double> evaluate(const Expression& expression,
                                             const std::map<Atom, bool>& truth);

}  // namespace ortopt::attention
