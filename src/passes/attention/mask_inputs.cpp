#include "passes/attention/mask_inputs.h"

#include <utility>
#include <vector>

#include "ortopt/ir/model.h"

namespace ortopt::attention {
namespace {

constexpr auto int32_code = static_cast<int64_t>(DataType::int32);
constexpr auto boolean_code = static_cast<int64_t>(DataType::boolean);

/// A Cast of `value` that stands before `at`, made now when there is none.
Value& cast_of(Value& value, int64_t type, const Node& at, Rewriter& to) {
  for (const Use& use : value.uses())
    if (use.node->is("Cast") && &use.node->graph() == &at.graph() &&
        use.node->int_attribute("to", 0) == type && use.node->precedes(at))
      return *use.node->output();
  return to.node("", "Cast", {&value}, {{"to", type}});
}

bool is_ready(const Value* value, const Node& at) {
  return value != nullptr && value->producer() != nullptr && !value->producer()->is_removed() &&
         value->producer()->precedes(at);
}

Value& sum_over_keys(Value& mask, const Node& at, Rewriter& to) {
  constexpr Opset axes_are_an_input{13};
  const std::vector<int64_t> keys = {1};
  const auto opset = at.graph().model().opset();
  Attributes attributes = {{"keepdims", int64_t{0}}};
  if (opset && *opset < axes_are_an_input) {
    attributes.emplace_back("axes", keys);
    return to.node("", "ReduceSum", {&mask}, std::move(attributes));
  }
  Value& axes = to.constant("axis_1", Tensor::of_int64s(keys));
  return to.node("", "ReduceSum", {&mask, &axes}, std::move(attributes));
}

/// What a term adds to the scores where it meets them: for a Where, 0 or the number that hides.
Value& addend(const MaskTerm& term, DataType type, const Node& at, Rewriter& to) {
  Value& value = *at.graph().resolve(term.value->name());
  if (!term.fill) return value;
  const auto number = [&](const char* name, double content) {
    return &to.constant(name, Tensor::scalar(type, content));
  };
  Value* shown = number("shown_score", 0);
  Value* hidden = number("hidden_score", *term.fill);
  if (term.kind == MaskTerm::Kind::drop_where) std::swap(shown, hidden);
  return to.node("", "Where", {&value, shown, hidden});
}

/// The same as [batch, heads, queries, keys].
Value& placed_addend(const PlacedTerm& placed, DataType type, const Node& at, Rewriter& to) {
  Value* value = &addend(placed.term, type, at, to);
  if (!placed.expansion.empty())
    value = &to.node("", "Expand", {value, &make_shape(placed.expansion, to)});
  return make_arranged(*value, placed.arrangement, to);
}

}  // namespace

Value* MaskMaker::padding(const MaskPlan& plan, Node& at, Rewriter& to) {
  if (!plan.padding) return nullptr;
  Value& raw = raw_padding(*plan.padding, at, to);
  if (!plan.as_lengths) return &raw;
  Value*& made = lengths_[{&at.graph(), &raw}];
  if (!is_ready(made, at)) made = &sum_over_keys(raw, at, to);
  return made;
}

Value& MaskMaker::raw_padding(const Literal& literal, Node& at, Rewriter& to) {
  Value* mask = at.graph().resolve(literal.value->name());
  const DataType type = to.facts().dtype(*mask);
  if (type == DataType::int32 && literal.assumed_binary && literal.visible_when_set) return *mask;
  Value*& made = paddings_[{&at.graph(), mask, literal.visible_when_set, literal.assumed_binary}];
  if (is_ready(made, at)) return *made;
  // The kernel asks "more than 0?". Where the graph asks "other than 0?", so must we.
  if (type != DataType::boolean && !(literal.assumed_binary && literal.visible_when_set))
    mask = &cast_of(*mask, boolean_code, at, to);
  if (!literal.visible_when_set) mask = &to.node("", "Not", {mask});
  made = &cast_of(*mask, int32_code, at, to);
  return *made;
}

Value* MaskMaker::bias(const MaskPlan& plan, Node& at, Rewriter& to) {
  if (plan.biases.empty()) return nullptr;
  std::vector<int64_t> numbers;
  for (const ShapeEntry& entry : plan.bias_shape)
    numbers.push_back(std::holds_alternative<int64_t>(entry) ? std::get<int64_t>(entry) : -1);
  std::vector<MaskTerm> terms;
  for (const PlacedTerm& placed : plan.biases) terms.push_back(placed.term);
  Value*& made = biases_[{&at.graph(), terms, numbers, plan.bias_floor}];
  if (is_ready(made, at)) return made;
  Value* sum = nullptr;
  for (const PlacedTerm& placed : plan.biases) {
    Value& value = placed_addend(placed, plan.type, at, to);
    if (placed.term.kind == MaskTerm::Kind::subtract)
      sum = sum == nullptr ? &to.node("", "Neg", {&value}) : &to.node("", "Sub", {sum, &value});
    else
      sum = sum == nullptr ? &value : &to.node("", "Add", {sum, &value});
  }
  if (plan.bias_floor)
    sum =
        &to.node("", "Max",
                 {sum, &to.constant("lowest_score", Tensor::scalar(plan.type, *plan.bias_floor))});
  if (!plan.bias_shape.empty())
    sum = &to.node("", "Expand", {sum, &make_shape(plan.bias_shape, to)});
  made = sum;
  return made;
}

}  // namespace ortopt::attention
