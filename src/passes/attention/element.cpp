#include "passes/attention/element.h"

#include <algorithm>
#include <unordered_map>

#include "ortopt/ir/axis.h"
#include "ortopt/ir/node.h"
#include "passes/attention/constant_element.h"
#include "passes/attention/view_index.h"

namespace ortopt::attention {
namespace {

using Op = Expression::Op;

/// Masks are a few dozen operators deep; what is deeper is no mask.
constexpr int max_depth = 400;

/// Reductions over more elements than this are no masks that were stacked.
constexpr int64_t max_reduced = 16;

Dim free_variable() { return Dim::symbol("%k"); }

ExpressionPtr element_of_shape_value(const ShapeValue& content, const std::vector<Dim>& index) {
  int64_t at = 0;
  for (std::size_t k = 0; k < content.dims.size(); ++k) {
    const auto position = index[k].constant();
    if (!position || *position < 0 || *position >= content.dims[k]) return nullptr;
    at = at * content.dims[k] + *position;
  }
  const Element& element = content.elements[static_cast<std::size_t>(at)];
  if (const Dim* whole = std::get_if<Dim>(&element)) return integer(*whole);
  if (const double* real = std::get_if<double>(&element)) return number(*real);
  return nullptr;
}

bool is_unsigned(DataType type) {
  return type == DataType::uint8 || type == DataType::uint16 || type == DataType::uint32 ||
         type == DataType::uint64;
}

const Dim* whole(const ExpressionPtr& expression) {
  return expression->op == Op::integer ? &expression->dim : nullptr;
}

}  // namespace

ExpressionPtr ElementReader::not_understood(const std::string& what) {
  if (reason_.empty()) reason_ = what;
  return nullptr;
}

const std::vector<LayoutDim>* ElementReader::dims(const Value* value) const {
  if (value == nullptr) return nullptr;
  const Layout* layout = facts_->layout(*value);
  return layout == nullptr ? nullptr : &layout->dims;
}

ExpressionPtr ElementReader::element(const Value& value, std::vector<Dim> index) {
  const auto* value_dims = dims(&value);
  if (value_dims == nullptr) return not_understood("the rank of '" + value.name() + "' is unknown");
  if (index.size() < value_dims->size())
    return not_understood("'" + value.name() + "' has more dimensions than the scores");
  index.erase(index.begin(), index.end() - static_cast<std::ptrdiff_t>(value_dims->size()));
  for (std::size_t k = 0; k < index.size(); ++k)
    if ((*value_dims)[k].empty()) index[k] = Dim(0);
  const auto [slot, fresh] = known_.try_emplace({&value, index});
  if (!fresh) return slot->second;
  if (depth_ >= max_depth) return not_understood("the mask is computed by a very long chain");
  ++depth_;
  ExpressionPtr found = read(value, index);
  --depth_;
  known_[{&value, std::move(index)}] = found;
  return found;
}

ExpressionPtr ElementReader::read(const Value& value, const Index& index) {
  if (const Tensor* content = facts_->constant(value)) {
    if (ExpressionPtr found = constant_element(*content, index)) return found;
    return not_understood("the content of constant '" + value.name() +
                          "' has no form that is understood");
  }
  if (const ShapeValue* content = facts_->shape_value(value);
      content != nullptr && content->dims.size() == index.size())
    if (ExpressionPtr found = element_of_shape_value(*content, index)) return found;
  const Node* node = value.producer();
  if (node == nullptr) return input_element(value, index);
  if (node->is("Split")) return split(value, index);
  const Rule rule = node->domain().empty() && value.output_index() == 0 ? rule_for(*node) : nullptr;
  if (rule == nullptr)
    return not_understood("the mask is computed by " + node->op() + " '" + node->name() + "'");
  return (this->*rule)(*node, index);
}

ElementReader::Rule ElementReader::rule_for(const Node& node) {
  using Self = ElementReader;
  static const std::unordered_map<std::string_view, Rule> rules = {
      {"Identity", &Self::first_input},
      {"Dropout", &Self::first_input},
      {"Expand", &Self::first_input},
      {"Cast", &Self::cast},
      {"CastLike", &Self::cast},
      {"Transpose", &Self::transpose},
      {"Unsqueeze", &Self::view},
      {"Squeeze", &Self::view},
      {"Reshape", &Self::view},
      {"Flatten", &Self::view},
      {"Tile", &Self::tile},
      {"Slice", &Self::slice},
      {"Gather", &Self::gather},
      {"GatherND", &Self::gather_nd},
      {"Concat", &Self::concat},
      {"Range", &Self::range},
      {"ConstantOfShape", &Self::filled},
      {"ScatterND", &Self::scatter_nd},
      {"CumSum", &Self::cumulative},
      {"ReduceSum", &Self::reduce},
      {"ReduceMin", &Self::reduce},
      {"ReduceMax", &Self::reduce},
      {"Trilu", &Self::triangle},
      {"Where", &Self::select},
      {"And", &Self::logical},
      {"Or", &Self::logical},
      {"Not", &Self::logical},
      {"Add", &Self::arithmetic},
      {"Sub", &Self::arithmetic},
      {"Mul", &Self::arithmetic},
      {"Div", &Self::arithmetic},
      {"Neg", &Self::arithmetic},
      {"Abs", &Self::arithmetic},
      {"Min", &Self::arithmetic},
      {"Max", &Self::arithmetic},
      {"Equal", &Self::comparison},
      {"Less", &Self::comparison},
      {"Greater", &Self::comparison},
      {"LessOrEqual", &Self::comparison},
      {"GreaterOrEqual", &Self::comparison},
  };
  const auto found = rules.find(node.op());
  return found == rules.end() ? nullptr : found->second;
}

ExpressionPtr ElementReader::operand(const Node& node, std::size_t slot, const Index& index) {
  const Value* value = node.input(slot);
  if (value == nullptr) return not_understood(node.op() + " '" + node.name() + "' lacks an input");
  return element(*value, index);
}

ExpressionPtr ElementReader::moved(const Node& node, std::size_t slot, const Index& index) {
  const auto* from = dims(node.input(slot));
  if (from == nullptr || from->size() != index.size())
    return not_understood(node.op() + " '" + node.name() + "' has an input of another rank");
  return operand(node, slot, index);
}

bool ElementReader::as_index(const ExpressionPtr& expression, Dim& index) {
  if (expression == nullptr) return false;
  if (const Dim* position = whole(expression)) {
    index = *position;
    return true;
  }
  not_understood("an index of the mask is data");
  return false;
}

ExpressionPtr ElementReader::first_input(const Node& node, const Index& index) {
  return operand(node, 0, index);
}

ExpressionPtr ElementReader::split(const Value& part, const Index& index) {
  const Node& node = *part.producer();
  const auto axis = axis_from_front(node.int_attribute("axis", 0), index.size());
  if (!axis) return not_understood("Split has an axis outside its rank");
  Index shifted = index;
  for (std::size_t k = 0; k < part.output_index(); ++k) {
    const auto size = node.output(k) == nullptr
                          ? std::nullopt
                          : facts_->dim(*node.output(k), static_cast<int64_t>(*axis));
    if (!size) return not_understood("Split has parts of unknown size");
    shifted[*axis] = shifted[*axis] + *size;
  }
  return moved(node, 0, shifted);
}

ExpressionPtr ElementReader::cast(const Node& node, const Index& index) {
  ExpressionPtr found = operand(node, 0, index);
  if (found == nullptr) return nullptr;
  const DataType to = facts_->dtype(*node.output());
  if (to == DataType::boolean)
    return is_boolean(*found) ? found : make(Op::nonzero, {std::move(found)});
  if (is_floating(to) || is_whole(*found)) return found;
  return not_understood("Cast '" + node.name() + "' rounds");
}

ExpressionPtr ElementReader::transpose(const Node& node, const Index& index) {
  const auto perm = node.ints_attribute("perm");
  if (perm && perm->size() != index.size())
    return not_understood("Transpose has a perm of another rank");
  Index source(index.size());
  for (std::size_t k = 0; k < index.size(); ++k) {
    const auto from = perm ? static_cast<std::size_t>((*perm)[k]) : index.size() - 1 - k;
    if (from >= source.size()) return not_understood("Transpose has a perm outside its rank");
    source[from] = index[k];
  }
  return moved(node, 0, source);
}

ExpressionPtr ElementReader::view(const Node& node, const Index& index) {
  const auto* from = dims(node.input(0));
  const auto* to = dims(node.output());
  if (from == nullptr || to == nullptr)
    return not_understood(node.op() + " '" + node.name() + "' has unknown rank");
  const auto source = index_before_view(*from, *to, index);
  if (!source)
    return not_understood(node.op() + " '" + node.name() + "' regroups " + text_of(*from) + " to " +
                          text_of(*to));
  return moved(node, 0, *source);
}

ExpressionPtr ElementReader::tile(const Node& node, const Index& index) {
  const auto* from = dims(node.input(0));
  const auto* to = dims(node.output());
  if (from == nullptr || to == nullptr || from->size() != to->size())
    return not_understood("Tile of unknown rank");
  for (std::size_t k = 0; k < from->size(); ++k)
    if (!(*from)[k].empty() && size_of((*from)[k]) != size_of((*to)[k]))
      return not_understood("Tile repeats an axis that has a size");
  return moved(node, 0, index);
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
  const std::string& op = node.op();
  if (op == "Abs") return make(Op::absolute, {a});
  if (op == "Neg")
    return whole(a) ? integer(Dim(0) - *whole(a)) : make(Op::difference, {number(0), a});
  if (node.inputs().size() != 2)
    return not_understood(op + " '" + node.name() + "' has not two inputs");
  ExpressionPtr b = operand(node, 1, index);
  if (b == nullptr) return nullptr;
  if (whole(a) != nullptr && whole(b) != nullptr) {
    if (op == "Add") return integer(*whole(a) + *whole(b));
    if (op == "Sub") return integer(*whole(a) - *whole(b));
    if (op == "Mul") return integer(*whole(a) * *whole(b));
  }
  const DataType type = facts_->dtype(*node.output());
  if (op == "Div" && !is_floating(type)) return not_understood("Div '" + node.name() + "' rounds");
  if (op == "Sub" && is_unsigned(type) && whole(a) == nullptr)
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
  const bool strict = op == "Less" || op == "Greater";
  // |p| ≤ w is a window: both p ≤ w and −p ≤ w.
  const auto window = [&](const Dim& inner, const Dim& width) {
    return make(Op::conjunction, {nonnegative(width - inner), nonnegative(width + inner)});
  };
  const auto inner_of = [](const ExpressionPtr& e) {
    return e->op == Op::absolute ? whole(e->operands[0]) : nullptr;
  };
  if (op == "Equal") {
    if (whole(a) == nullptr || whole(b) == nullptr) return make(Op::equal, {a, b});
    const Dim difference = *whole(a) - *whole(b);
    return make(Op::conjunction, {nonnegative(difference), nonnegative(Dim(0) - difference)});
  }
  if (whole(a) != nullptr && whole(b) != nullptr)
    return nonnegative(*whole(b) - *whole(a) - Dim(strict ? 1 : 0));
  if (inner_of(a) != nullptr && whole(b) != nullptr)
    return window(*inner_of(a), *whole(b) - Dim(strict ? 1 : 0));
  if (inner_of(b) != nullptr && whole(a) != nullptr)
    return make(Op::negation, {window(*inner_of(b), *whole(a) - Dim(strict ? 0 : 1))});
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
  if (atoms.empty() && evaluate(*term, {}) == 0.0) return integer(Dim(0));
  return not_understood("CumSum adds terms that are not all 0");
}

}  // namespace ortopt::attention
