#include <algorithm>
#include <array>

#include "passes/attention/lower_steps.h"
#include "passes/attention/origins.h"
#include "passes/attention/positions.h"
#include "passes/attention/weights.h"

namespace ortopt::attention {
namespace {

/// The values that hold the source, before and after rearrangements.
std::vector<Value*> sources_of(const Sdpa& sdpa, const Analysis& facts) {
  std::vector<Value*> sources = {sdpa.query.source};
  const Value* last = stripped_source(sdpa.query.source, facts);
  while (sources.back() != last) sources.push_back(sources.back()->producer()->input(0));
  return sources;
}

/// The source as [batch, rows, features]: a value that has these dimensions, or the nearest one
/// behind a Reshape, or behind a Transpose.
Recognised<ArrangedValue> planned_source(const Sdpa& sdpa, const Node& at, const Analysis& facts) {
  const std::vector<Value*> sources = sources_of(sdpa, facts);
  const SizeFinder sizes(at.graph(), facts, sources);
  const std::vector<LayoutDim> wanted = three_dims(sdpa.query, source_features(sdpa.query, facts));
  std::optional<ArrangedValue> best;
  for (Value* source : sources) {
    const Layout* layout = facts.layout(*source);
    if (layout == nullptr) continue;
    auto made = arrangement(layout->dims, wanted, sizes);
    if (!made) continue;
    if (!best || made->cost() < best->arrangement.cost())
      best = ArrangedValue{source, std::move(*made)};
  }
  if (!best) return refuse("the source cannot be brought to [batch, length, features]");
  return *best;
}

std::optional<Refusal> refuse_features(const Sdpa& sdpa) {
  static constexpr std::array<Feature, 7> unable = {
      Feature::rotary,  Feature::norm,        Feature::gain,          Feature::past,
      Feature::softcap, Feature::unprojected, Feature::repeated_heads};
  for (const Feature feature : unable)
    if (sdpa.features.contains(feature))
      return Refusal{"recognised, no operator yet: " + name_of(feature)};
  return std::nullopt;
}

Value& made_of(const Constant& constant, Rewriter& to) {
  return constant.existing != nullptr ? *constant.existing
                                      : to.constant(constant.name, constant.content);
}

}  // namespace

Recognised<std::string> lower_to_attention(const Sdpa& sdpa, Workshop& shop) {
  const Analysis& facts = shop.facts();
  if (const auto refusal = refuse_features(sdpa)) return tl::unexpected<Refusal>(*refusal);
  if (const auto refusal = objection_to("Attention", sdpa, shop))
    return tl::unexpected<Refusal>(*refusal);
  if (!sdpa.is_self())
    return refuse("recognised, no operator yet: queries, keys and values have different sources");
  auto packed = packed_projection(sdpa, facts);
  if (!packed) return tl::unexpected<Refusal>(packed.error());
  Node& anchor = *sdpa.anchor;
  const auto source = planned_source(sdpa, anchor, facts);
  if (!source) return tl::unexpected<Refusal>(source.error());
  if (const auto refusal = objection_to_type(*source->value, sdpa, facts))
    return tl::unexpected<Refusal>(*refusal);
  const SizeFinder sizes(anchor.graph(), facts, sources_of(sdpa, facts));
  const auto output = planned_output(sdpa, sizes, facts);
  if (!output) return tl::unexpected<Refusal>(output.error());
  const auto masks = plan_masks(sdpa, 0, shop.prover, sizes, *shop.context, facts);
  if (!masks) return tl::unexpected<Refusal>(masks.error());

  Node& at = *output->value->producer();
  Rewriter to(shop.pass, at, *shop.context);
  Attributes attributes = head_attributes(sdpa, sdpa.scale, *masks);
  const int64_t width = sdpa.heads * sdpa.head_size;
  if (sdpa.value_size != sdpa.head_size)
    attributes.emplace_back("qkv_hidden_sizes",
                            std::vector<int64_t>{width, width, sdpa.heads * sdpa.value_size});
  Value& input = make_arranged(*source->value, source->arrangement, to);
  Value* mask = shop.masks.padding(*masks, at, to);
  Value* bias = shop.masks.bias(*masks, at, to);
  Value& result = to.node(
      "com.microsoft", "Attention",
      {&input, &made_of(packed->weight, to), &made_of(packed->bias, to), mask, nullptr, bias},
      std::move(attributes));
  finish_with(result, *output, sdpa, *masks, to, shop);
  return "com.microsoft.Attention";
}

}  // namespace ortopt::attention
