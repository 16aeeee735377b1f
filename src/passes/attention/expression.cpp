#include "passes/attention/expression.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace ortopt::attention {
namespace {

ExpressionPtr leaf(Expression expression) {
  return std::make_shared<const Expression>(std::move(expression));
}

void collect(const Expression& expression, bool only_tested, std::set<Atom>& atoms,
             std::set<Atom>& as_number) {
  using Op = Expression::Op;
  if (expression.op == Op::input) {
    Atom atom{expression.value, expression.index, {}};
    if (!only_tested) as_number.insert(atom);
    atoms.insert(std::move(atom));
    return;
  }
  if (expression.op == Op::nonnegative) {
    if (!expression.dim.is_nonnegative()) atoms.insert(Atom{nullptr, {}, expression.dim});
    return;
  }
  const auto is_zero = [](const ExpressionPtr& operand) {
    return (operand->op == Op::integer && operand->dim.is(0)) ||
           (operand->op == Op::number && operand->number == 0);
  };
  const bool tests =
      expression.op == Op::nonzero || expression.op == Op::negation ||
      expression.op == Op::conjunction || expression.op == Op::disjunction ||
      (expression.op == Op::equal && std::ranges::any_of(expression.operands, is_zero));
  for (std::size_t k = 0; k < expression.operands.size(); ++k) {
    const bool is_condition = expression.op == Op::choice && k == 0;
    collect(*expression.operands[k], tests || is_condition, atoms, as_number);
  }
}

std::optional<double> combine(Expression::Op op, const std::vector<double>& x) {
  using Op = Expression::Op;
  switch (op) {
    case Op::nonzero:
      return x[0] != 0;
    case Op::absolute:
      return std::abs(x[0]);
    case Op::conjunction:
      return std::ranges::all_of(x, [](double v) { return v != 0; });
    case Op::disjunction:
      return std::ranges::any_of(x, [](double v) { return v != 0; });
    case Op::negation:
      return x[0] == 0;
    case Op::choice:
      return x[0] != 0 ? x[1] : x[2];
    case Op::sum:
      return x[0] + x[1];
    case Op::difference:
      return x[0] - x[1];
    case Op::product:
      return x[0] * x[1];
    case Op::quotient:
      return x[1] == 0 ? std::optional<double>() : x[0] / x[1];
    case Op::minimum:
      return std::ranges::min(x);
    case Op::maximum:
      return std::ranges::max(x);
    case Op::equal:
      return x[0] == x[1];
    case Op::less:
      return x[0] < x[1];
    case Op::less_or_equal:
      return x[0] <= x[1];
    default:
      return std::nullopt;
  }
}

}  // namespace

ExpressionPtr integer(Dim dim) {
  return leaf({.op = Expression::Op::integer, .dim = std::move(dim)});
}
ExpressionPtr number(double number) {
  return leaf({.op = Expression::Op::number, .number = number});
}
ExpressionPtr nonnegative(Dim dim) {
  return leaf({.op = Expression::Op::nonnegative, .dim = std::move(dim)});
}
ExpressionPtr input_element(const Value& value, std::vector<Dim> index) {
  return leaf({.op = Expression::Op::input, .value = &value, .index = std::move(index)});
}
ExpressionPtr make(Expression::Op op, std::vector<ExpressionPtr> operands) {
  return leaf({.op = op, .operands = std::move(operands)});
}

bool is_boolean(const Expression& expression) {
  using Op = Expression::Op;
  switch (expression.op) {
    case Op::nonnegative:
    case Op::nonzero:
    case Op::conjunction:
    case Op::disjunction:
    case Op::negation:
    case Op::equal:
    case Op::less:
    case Op::less_or_equal:
      return true;
    case Op::input:
      return expression.value->declared_type() == DataType::boolean;
    default:
      return false;
  }
}

bool is_whole(const Expression& expression) {
  using Op = Expression::Op;
  if (is_boolean(expression)) return true;
  constexpr double limit = std::numeric_limits<int32_t>::max();
  switch (expression.op) {
    case Op::integer:
      return true;
    case Op::number:
      return expression.number == std::floor(expression.number) &&
             std::abs(expression.number) <= limit;
    case Op::input:
      return !is_floating(expression.value->declared_type());
    case Op::choice:
      return is_whole(*expression.operands[1]) && is_whole(*expression.operands[2]);
    case Op::quotient:
      return false;
    default:
      return std::ranges::all_of(expression.operands,
                                 [](const ExpressionPtr& operand) { return is_whole(*operand); });
  }
}

const Dim* integer_of(const Expression& expression) {
  return expression.op == Expression::Op::integer ? &expression.dim : nullptr;
}

void collect_atoms(const Expression& expression, std::set<Atom>& atoms, std::set<Atom>& as_number) {
  collect(expression, false, atoms, as_number);
}

std::optional<double> evaluate(const Expression& expression, const std::map<Atom, bool>& truth) {
  using Op = Expression::Op;
  switch (expression.op) {
    case Op::integer: {
      const auto constant = expression.dim.constant();
      return constant ? std::optional<double>(static_cast<double>(*constant)) : std::nullopt;
    }
    case Op::number:
      return expression.number;
    case Op::input:
      return truth.at(Atom{expression.value, expression.index, {}});
    case Op::nonnegative:
      if (const auto sure = expression.dim.is_nonnegative()) return *sure;
      return truth.at(Atom{nullptr, {}, expression.dim});
    default:
      break;
  }
  std::vector<double> operands;
  for (const ExpressionPtr& operand : expression.operands) {
    const auto value = evaluate(*operand, truth);
    if (!value) return std::nullopt;
    operands.push_back(*value);
  }
  return combine(expression.op, operands);
}

}  // namespace ortopt::attention
