#include "passes/attention/lower_steps.h"

#include <cmath>
#include <cstddef>

#include "passes/attention/positions.h"

namespace ortopt::attention {
namespace {

/// The axis of `(n d)` of the merged result.
const Axis* heads_axis_of(const Layout& layout) {
  for (const LayoutDim& dim : layout.dims)
    for (const Factor& factor : dim)
      if (factor.axis->is_heads) return factor.axis;
  return nullptr;
}

}  // namespace

std::vector<LayoutDim> three_dims(const Operand& operand, LayoutDim last) {
  return {normalised(operand.rest), operand.row, std::move(last)};
}

Recognised<ArrangedValue> planned_output(const Sdpa& sdpa, const SizeFinder& sizes,
                                         const Analysis& facts) {
  std::optional<ArrangedValue> best;
  const LayoutDim batch = batch_of(sdpa);
  for (Value* output : sdpa.outputs) {
    const Layout* layout = facts.layout(*output);
    const Axis* axis = layout == nullptr ? nullptr : heads_axis_of(*layout);
    if (axis == nullptr || axis->size != Dim(sdpa.heads * sdpa.value_size)) continue;
    auto made = arrangement({batch, sdpa.query.row, {{axis, 1, axis->size}}}, layout->dims, sizes);
    if (!made) continue;
    if (!best || made->cost() < best->arrangement.cost())
      best = ArrangedValue{output, std::move(*made)};
  }
  if (!best) return refuse("the output cannot be brought to the shape that its readers expect");
  return *best;
}

Attributes head_attributes(const Sdpa& sdpa, double score_scale, const MaskPlan& masks) {
  // Constants of exporters are 1/√d rounded to float or computed in other ways.
  constexpr double rounding = 1e-6;
  constexpr double filter_of_runtime = -10000;
  Attributes attributes = {{"num_heads", sdpa.heads}};
  const double scale = score_scale * masks.factor;
  const double usual = 1 / std::sqrt(static_cast<double>(sdpa.head_size));
  if (std::abs(scale - usual) > rounding * usual)
    attributes.emplace_back("scale", static_cast<float>(scale));
  if (masks.filter_value && *masks.filter_value != filter_of_runtime)
    attributes.emplace_back("mask_filter_value", static_cast<float>(*masks.filter_value));
  if (masks.is_causal) attributes.emplace_back("unidirectional", int64_t{1});
  return attributes;
}

std::optional<Refusal> objection_to(const char* op, const Sdpa& sdpa, const Workshop& shop) {
  const DataType type = shop.facts().dtype(*sdpa.query.value);
  if (auto objection = shop.context->objection("com.microsoft", op, type))
    return Refusal{*objection};
  if (shop.facts().dtype(*sdpa.key.value) != type || shop.facts().dtype(*sdpa.value.value) != type)
    return Refusal{"queries, keys and values are of different types"};
  // 0 would be read as "the usual scale".
  if (static_cast<float>(sdpa.scale) == 0.0F || !std::isfinite(sdpa.scale))
    return Refusal{"the scale is 0 or infinite"};
  return std::nullopt;
}

std::optional<Refusal> objection_to_type(const Value& read, const Sdpa& sdpa,
                                         const Analysis& facts) {
  if (facts.dtype(read) == facts.dtype(*sdpa.query.value)) return std::nullopt;
  return Refusal{"'" + read.name() + "' has another type than the scores are computed in"};
}

void finish_with(Value& result, const ArrangedValue& output, const Sdpa& sdpa,
                 const MaskPlan& masks, Rewriter& to, Workshop& shop) {
  Value* arranged = &make_arranged(result, output.arrangement, to);
  // Casts between the product and the merged heads are gone.
  const DataType type = shop.facts().dtype(*output.value);
  if (type != shop.facts().dtype(*sdpa.query.value))
    arranged = &to.node("", "Cast", {arranged}, {{"to", static_cast<int64_t>(type)}});
  Node* const replaced[] = {output.value->producer()};
  to.replace(*output.value, *arranged);
  to.finish(result, replaced);
  for (const std::string& assumption : masks.assumptions)
    shop.context->facts().assume(shop.pass, assumption);
}

}  // namespace ortopt::attention
