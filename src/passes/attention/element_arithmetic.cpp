// Rules of ElementReader that compute: arithmetic, comparisons, choices, sums.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "ortopt/ir/axis.h"
#include "ortopt/ir/node.h"
#include "passes/attention/element.h"

namespace ortopt::attention {
namespace {

using Op = Expression::Op;

/// Reductions over more elements than this are no masks that were stacked.
constexpr int64_t max_reduced = 16;

Dim free_variable() { return Dim::symbol("%k"); }

bool is_unsigned(DataType type) {
  return type == DataType::uint8 || type == DataType::uint16 || type == DataType::uint32 ||
         type == DataType::uint64;
}

}  // namespace

ExpressionPtr ElementReader::cast(const Node& node, const Index& index) {
  ExpressionPtr found = operand(node, 0, index);
  if (found == nullptr) return nullptr;
  const DataType to = facts_->dtype(*node.output());
  if (to == DataType::boolean)
    return is_boolean(*found) ? found : make(Op::nonzero, {std::move(found)});
  if (is_floating(to) || is_whole(*found)) return found;
  return not_understood("Cast '" + node.name() + "' rounds");
}

ExpressionPtr ElementReader::select(const Node& node, const Index& index) {
  ExpressionPtr condition = operand(node, 0, index);
  if (condition == nullptr) return nullptr;
  const std::map<Atom, bool> nothing;
  std::set<Atom> atoms;
  std::set<Atom> as_number;
  collect_atoms(*condition, atoms, as_number);
  if (atoms.empty())
    if (const auto decided = evaluate(*condition, nothing))
      return operand(node, *decided != 0 ? 1 : 2, index);
  ExpressionPtr then = operand(node, 1, index);
  ExpressionPtr otherwise = operand(node, 2, index);
  if (then == nullptr || otherwise == nullptr) return nullptr;
  return make(Op::choice, {condition, then, otherwise});
}

ExpressionPtr ElementReader::logical(const Node& node, const Index& index) {
  std::vector<ExpressionPtr> operands;
  for (std::size_t k = 0; k < node.inputs().size(); ++k) {
    operands.push_back(operand(node, k, index));
    if (operands.back() == nullptr) return nullptr;
  }
  return make(node.op() == "And"  ? Op::conjunction
              : node.op() == "Or" ? Op::disjunction
                                  : Op::negation,
              operands);
}

ExpressionPtr ElementReader::arithmetic(const Node& node, const Index& index) {
  ExpressionPtr a = operand(node, 0, index);
  if (a == nullptr) return nullptr;
  const Dim* left = integer_of(*a);
  const std::string& op = node.op();
  if (op == "Abs") return make(Op::absolute, {a});
  if (op == "Neg")
    return left != nullptr ? integer(Dim(0) - *left) : make(Op::difference, {number(0), a});
  if (node.inputs().size() != 2)
    return not_understood(op + " '" + node.name() + "' has not two inputs");
  ExpressionPtr b = operand(node, 1, index);
  if (b == nullptr) return nullptr;
  const Dim* right = integer_of(*b);
  if (left != nullptr && right != nullptr) {
    if (op == "Add") return integer(*left + *right);
    if (op == "Sub") return integer(*left - *right);
    if (op == "Mul") return integer(*left * *right);
  }
  const DataType type = facts_->dtype(*node.output());
  if (op == "Div" && !is_floating(type)) return not_understood("Div '" + node.name() + "' rounds");
  if (op == "Sub" && is_unsigned(type) && left == nullptr)
    return not_understood("Sub '" + node.name() + "' may pass below 0, which its type cannot");
  static const std::unordered_map<std::string_view, Op> kinds = {
      {"Add", Op::sum},      {"Sub", Op::difference}, {"Mul", Op::product},
      {"Div", Op::quotient}, {"Min", Op::minimum},    {"Max", Op::maximum}};
  return make(kinds.at(op), {a, b});
}

ExpressionPtr ElementReader::comparison(const Node& node, const Index& index) {
  ExpressionPtr a = operand(node, 0, index);
  ExpressionPtr b = a == nullptr ? nullptr : operand(node, 1, index);
  if (b == nullptr) return nullptr;
  const std::string& op = node.op();
  const bool swapped = op == "Greater" || op == "GreaterOrEqual";
  if (swapped) std::swap(a, b);
  const Dim* left = integer_of(*a);
  const Dim* right = integer_of(*b);
  const bool strict = op == "Less" || op == "Greater";
  // |p| ≤ w is a window: both p ≤ w and −p ≤ w.
  const auto window = [&](const Dim& inner, const Dim& width) {
    return make(Op::conjunction, {nonnegative(width - inner), nonnegative(width + inner)});
  };
  const auto inner_of = [](const ExpressionPtr& e) {
    return e->op == Op::absolute ? integer_of(*e->operands[0]) : nullptr;
  };
  if (op == "Equal") {
    if (left == nullptr || right == nullptr) return make(Op::equal, {a, b});
    const Dim difference = *left - *right;
    return make(Op::conjunction, {nonnegative(difference), nonnegative(Dim(0) - difference)});
  }
  if (left != nullptr && right != nullptr) return nonnegative(*right - *left - Dim(strict ? 1 : 0));
  if (inner_of(a) != nullptr && right != nullptr)
    return window(*inner_of(a), *right - Dim(strict ? 1 : 0));
  if (inner_of(b) != nullptr && left != nullptr)
    return make(Op::negation, {window(*inner_of(b), *left - Dim(strict ? 0 : 1))});
  return make(strict ? Op::less : Op::less_or_equal, {a, b});
}

ExpressionPtr ElementReader::triangle(const Node& node, const Index& index) {
  if (index.size() < 2) return not_understood("Trilu of less than two dimensions");
  Dim diagonal(0);
  if (const Value* k = node.input(1)) {
    const auto given = facts_->dims_of(*k);
    if (!given || given->size() != 1)
      return not_understood("Trilu has a diagonal that is no known number");
    diagonal = given->front();
  }
  const Dim above = index[index.size() - 1] - index[index.size() - 2] - diagonal;
  ExpressionPtr content = moved(node, 0, index);
  if (content == nullptr) return nullptr;
  const bool upper = node.int_attribute("upper", 1) != 0;
  return make(Op::choice, {nonnegative(upper ? above : Dim(0) - above), content, number(0)});
}

ExpressionPtr ElementReader::reduce(const Node& node, const Index& index) {
  const auto* from = dims(node.input(0));
  if (from == nullptr) return not_understood(node.op() + " of unknown rank");
  std::optional<std::vector<int64_t>> axes = node.ints_attribute("axes");
  if (!axes && node.input(1) != nullptr) axes = facts_->ints_of(*node.input(1));
  if (!axes || axes->empty()) return not_understood(node.op() + " over axes that are not known");
  auto reduced = axes_from_front(*axes, from->size());
  if (!reduced) return not_understood(node.op() + " has an axis outside its rank");
  std::ranges::sort(*reduced);
  Index source = index;
  for (const std::size_t axis : *reduced)
    if (node.int_attribute("keepdims", 1) == 0 && axis <= source.size())
      source.insert(source.begin() + static_cast<std::ptrdiff_t>(axis), Dim(0));
  if (source.size() != from->size()) return not_understood(node.op() + " changes the rank");
  std::erase_if(*reduced, [&](std::size_t axis) { return (*from)[axis].empty(); });
  if (reduced->empty()) return operand(node, 0, source);
  const auto extent = size_of((*from)[reduced->front()]).constant();
  if (reduced->size() > 1 || !extent || *extent > max_reduced)
    return not_understood(node.op() + " '" + node.name() + "' joins many elements of the mask");
  ExpressionPtr joined;
  for (int64_t k = 0; k < *extent; ++k) {
    source[reduced->front()] = Dim(k);
    ExpressionPtr next = operand(node, 0, source);
    if (next == nullptr) return nullptr;
    joined = joined == nullptr ? next
                               : make(node.op() == "ReduceSum"   ? Op::sum
                                      : node.op() == "ReduceMin" ? Op::minimum
                                                                 : Op::maximum,
                                      {joined, next});
  }
  return joined;
}

ExpressionPtr ElementReader::cumulative(const Node& node, const Index& index) {
  const auto axis = node.input(1) == nullptr ? std::nullopt : facts_->ints_of(*node.input(1));
  if (!axis || axis->size() != 1) return not_understood("CumSum over an axis that is not known");
  Index source = index;
  const auto at = axis_from_front(axis->front(), index.size());
  if (!at) return not_understood("CumSum has an axis outside its rank");
  source[*at] = free_variable();
  ExpressionPtr term = moved(node, 0, source);
  if (term == nullptr) return nullptr;
  std::set<Atom> atoms;
  std::set<Atom> as_number;
  collect_atoms(*term, atoms, as_number);
  if (!atoms.empty()) return not_understood("CumSum adds terms that depend on conditions");
  const auto number = evaluate(*term, {});
  if (number == 0.0) return integer(Dim(0));
  // Ones count positions.
  if (number != 1.0 || !is_integer(facts_->dtype(*node.output())))
    return not_understood("CumSum adds terms that are neither all 0 nor all 1");
  const auto size = facts_->dim(*node.output(), static_cast<int64_t>(*at));
  const bool is_reverse = node.int_attribute("reverse", 0) != 0;
  if (is_reverse && !size) return not_understood("CumSum from an end that is not known");
  const Dim counted = is_reverse ? *size - index[*at] : index[*at] + Dim(1);
  return integer(node.int_attribute("exclusive", 0) != 0 ? counted - Dim(1) : counted);
}

}  // namespace ortopt::attention
