#include "passes/attention/element.h"

#include <unordered_map>

#include "ortopt/ir/axis.h"
#include "ortopt/ir/node.h"
#include "passes/attention/constant_element.h"
#include "passes/attention/view_index.h"

namespace ortopt::attention {
namespace {

/// Masks are a few dozen operators deep; what is deeper is no mask.
constexpr int max_depth = 400;

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
  if (const Dim* position = integer_of(*expression)) {
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

}  // namespace ortopt::attention
