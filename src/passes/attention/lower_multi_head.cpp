#include <algorithm>
#include <array>
#include <cstddef>
#include <set>

#include "passes/attention/joined_sizes.h"
#include "passes/attention/lower_steps.h"
#include "passes/attention/positions.h"
#include "passes/attention/weights.h"

namespace ortopt::attention {
namespace {

/// An operand as the kernel reads it: [batch, rows, heads · features].
struct Side {
  ArrangedValue from;
  double scale = 1;  ///< operand = scale · side, bias aside.
  Tensor bias;       ///< What is still to be added; without a type: nothing.
};

/// Whether keys and values are read as a decoder keeps those of its encoder: projected once, in
/// another run.
bool has_kept_sides(const Sdpa& sdpa) {
  return sdpa.query.weight != nullptr && sdpa.key.weight == nullptr && sdpa.value.weight == nullptr;
}

std::optional<Refusal> refuse_features(const Sdpa& sdpa) {
  static constexpr std::array<Feature, 5> unable = {Feature::rotary, Feature::norm, Feature::gain,
                                                    Feature::softcap, Feature::repeated_heads};
  for (const Feature feature : unable)
    if (sdpa.features.contains(feature))
      return Refusal{"recognised, no operator yet: " + name_of(feature)};
  if (sdpa.features.contains(Feature::unprojected) && !has_kept_sides(sdpa))
    return Refusal{"recognised, no operator yet: " + name_of(Feature::unprojected)};
  return std::nullopt;
}

/// The nearest value above an operand that is [batch, rows, heads · features], or can be brought to
/// it. `first` is the first step looked at.
Recognised<Side> side_of(const Operand& operand, std::size_t first, const SizeFinder& sizes,
                         const Analysis& facts) {
  LayoutDim features = operand.heads;
  features.push_back(operand.feature());
  const std::vector<LayoutDim> wanted = three_dims(operand, normalised(features));
  const auto columns = columns_of(operand, facts);
  if (!columns) return tl::unexpected<Refusal>(columns.error());
  std::optional<Side> best;
  std::size_t best_biases = 0;
  for (std::size_t k = first; k < operand.steps.size(); ++k) {
    const Step& step = operand.steps[k];
    const Layout* layout = facts.layout(*step.value);
    if (!step.is_plain || layout == nullptr) break;
    auto made = arrangement(layout->dims, wanted, sizes);
    // Of equal values the nearer one.
    if (!made || (best && made->cost() >= best->from.arrangement.cost())) continue;
    best = Side{.from = {step.value, std::move(*made)}, .scale = step.scale};
    best_biases = step.bias_count;
    if (best->from.arrangement.is_nothing()) break;
  }
  if (!best) return refuse("an operand cannot be brought to [batch, length, heads features]");
  auto bias = bias_of(operand, *columns, best_biases, best->scale, facts);
  if (!bias) return tl::unexpected<Refusal>(bias.error());
  best->bias = std::move(*bias);
  return *best;
}

/// Keys or values that are kept as [batch, heads, length, features], which the kernel reads as they
/// are. `query` says which of their dimensions are heads.
Recognised<Side> kept_side(const Operand& operand, const Operand& query, const Analysis& facts) {
  LayoutDim batch_and_heads = query.rest;
  batch_and_heads.insert(batch_and_heads.end(), query.heads.begin(), query.heads.end());
  // The product pairs dimensions by their place.
  const bool heads_stand_inside = flattened(query.batch) == normalised(batch_and_heads);
  const LayoutDim walked = flattened(operand.batch);
  for (const Step& step : operand.steps) {
    const Layout* layout = facts.layout(*step.value);
    if (!step.is_plain || step.bias_count != 0 || layout == nullptr) break;
    if (layout->rank() != 4 || !heads_stand_inside) continue;
    const std::vector<LayoutDim>& dims = layout->dims;
    if (flattened({dims[0], dims[1]}) == walked && dims[2] == operand.row &&
        dims[3] == operand.features && size_of(dims[1]) == query.head_count &&
        size_of(dims[0]) == size_of(normalised(query.rest)))
      return Side{.from = {step.value, {}}, .scale = step.scale, .bias = {}};
  }
  return refuse("recognised, no operator yet: " + name_of(Feature::unprojected));
}

/// An operand without its cache: what is joined to it.
Recognised<Operand> new_part(const Operand& operand, const Analysis& facts) {
  const Step& join = operand.steps[operand.join_step];
  const Node& concat = *join.value->producer();
  const Layout* joined = facts.layout(*join.value);
  const Layout* fresh = facts.layout(*concat.input(1));
  const auto past = facts.shape(*operand.past);
  const int64_t axis = concat.int_attribute("axis", 0);
  if (joined == nullptr || fresh == nullptr || !past || joined->rank() != 4 || past->size() != 4 ||
      (axis != 2 && axis != -2))
    return refuse("keys and values are not joined along [batch, heads, length, features]");
  Operand part = operand;
  part.value = concat.input(1);
  part.batch = {fresh->dims[0], fresh->dims[1]};
  part.row = fresh->dims[2];
  part.features = fresh->dims[3];
  part.heads.clear();
  part.rest.clear();
  part.copies.clear();
  part.past = nullptr;
  if (auto refusal = divide_axes(part, facts)) return tl::unexpected<Refusal>(*refusal);
  if (auto refusal = check_operand(part, facts)) return tl::unexpected<Refusal>(*refusal);
  const std::vector<LayoutDim> wanted = {normalised(part.rest), normalised(part.heads), operand.row,
                                         part.features};
  if (joined->dims != wanted || part.head_count != operand.head_count ||
      (*past)[0] != size_of(fresh->dims[0]) || (*past)[1] != part.head_count ||
      (*past)[3] != part.head_size)
    return refuse("past keys and values are not [batch, heads, length, features]");
  if (join.bias_count != 0) return refuse("a bias is added to past keys or values");
  return part;
}

/// The three operands, and the cache that keys and values are joined to.
struct Sides {
  Side query;
  Side key;
  Side value;
  Dim past_length = 0;
  double scale = 1;
  DataType type = DataType::undefined;
  /// The graph keeps its cache in a wider type than it computes in: the operator gets a copy in its
  /// own type, and the graph joins what it keeps by itself, since what passes through is not rounded.
  bool has_wide_cache = false;
};

bool is_wider(DataType type, DataType than) {
  return is_floating(type) && is_floating(than) && bits_of(type) > bits_of(than);
}

/// A walk goes through casts; the operator takes one type.
std::optional<Refusal> settle_types(const Sdpa& sdpa, const Analysis& facts, Sides& sides) {
  sides.type = facts.dtype(*sides.query.from.value);
  const Value* past = sdpa.key.past;
  sides.has_wide_cache = past != nullptr && is_wider(facts.dtype(*past), sides.type);
  const DataType cache = sides.has_wide_cache ? facts.dtype(*past) : sides.type;
  const auto refuse_other = [&](const Value* value, DataType type) -> std::optional<Refusal> {
    if (value == nullptr || facts.dtype(*value) == type) return std::nullopt;
    return Refusal{"'" + value->name() + "' has another type than the queries"};
  };
  for (const Value* value : {sides.key.from.value, sides.value.from.value})
    if (auto refusal = refuse_other(value, sides.type)) return refusal;
  for (const Value* value : {sdpa.key.past, sdpa.value.past})
    if (auto refusal = refuse_other(value, cache)) return refusal;
  return std::nullopt;
}

Recognised<Side> cached_side(const Operand& operand, const SizeFinder& sizes,
                             const Analysis& facts) {
  const auto part = new_part(operand, facts);
  if (!part) return tl::unexpected<Refusal>(part.error());
  auto side = side_of(*part, operand.join_step + 1, sizes, facts);
  if (side && side->scale != operand.steps[operand.join_step].scale)
    return refuse("new keys or values are scaled before they join the past");
  return side;
}

Recognised<Sides> planned_sides(const Sdpa& sdpa, const SizeFinder& sizes, const Analysis& facts) {
  Sides sides;
  const bool is_cached = sdpa.key.past != nullptr;
  if (is_cached != (sdpa.value.past != nullptr) || sdpa.query.past != nullptr)
    return refuse("keys and values do not both have a past");
  struct Place {
    const Operand& operand;
    Side& side;
  };
  for (const Place& place : {Place{sdpa.query, sides.query}, Place{sdpa.key, sides.key},
                             Place{sdpa.value, sides.value}}) {
    auto side = place.operand.weight == nullptr ? kept_side(place.operand, sdpa.query, facts)
                : place.operand.past == nullptr ? side_of(place.operand, 0, sizes, facts)
                                                : cached_side(place.operand, sizes, facts);
    if (!side) return tl::unexpected<Refusal>(side.error());
    place.side = std::move(*side);
    if (size_of(normalised(place.operand.rest)) != size_of(normalised(sdpa.query.rest)))
      return refuse("queries, keys and values have different batches");
  }
  if (auto refusal = settle_types(sdpa, facts, sides)) return tl::unexpected<Refusal>(*refusal);
  if (sides.value.scale != 1) return refuse("values are scaled behind their projection");
  sides.scale = sdpa.score_scale * sides.query.scale * sides.key.scale;
  if (is_cached) sides.past_length = *facts.dim(*sdpa.key.past, 2);
  return sides;
}

/// The Shape nodes that biases read of the keys and values that the operator is to join.
Recognised<std::set<Node*>> sizes_of_joined(const std::vector<PlacedTerm>& biases,
                                            const Sdpa& sdpa) {
  std::set<Node*> shapes;
  for (const PlacedTerm& placed : biases) {
    const auto read = sizes_of_joined(*placed.term.value, sdpa);
    if (!read)
      return refuse("mask '" + placed.term.value->name() +
                    "' is computed from the keys that the operator would join");
    shapes.insert(read->begin(), read->end());
  }
  return shapes;
}

/// The packed bias of what is still to be added, or null.
Value* bias_input(const Sdpa& sdpa, const Sides& sides, Rewriter& to) {
  const std::vector<Tensor> biases = {sides.query.bias, sides.key.bias, sides.value.bias};
  const auto has_type = [](const Tensor& bias) { return bias.dtype() != DataType::undefined; };
  const auto found = std::ranges::find_if(biases, has_type);
  if (found == biases.end()) return nullptr;
  const int64_t width = sdpa.heads * sdpa.head_size;
  const Tensor joined =
      joined_biases(biases, {width, width, sdpa.heads * sdpa.value_size}, found->dtype());
  return &to.constant(sdpa.query.weight->name() + "_qkv_bias", joined);
}

/// A cache as the operator reads it.
Value& make_past(Value& past, const Sides& sides, Rewriter& to) {
  if (!sides.has_wide_cache) return past;
  return to.node("", "Cast", {&past}, {{"to", static_cast<int64_t>(sides.type)}});
}

Value& make_side(const Side& side, Rewriter& to) {
  return make_arranged(*side.from.value, side.from.arrangement, to);
}

}  // namespace

Recognised<std::string> lower_to_multi_head(const Sdpa& sdpa, Workshop& shop) {
  const Analysis& facts = shop.facts();
  if (const auto refusal = refuse_features(sdpa)) return tl::unexpected<Refusal>(*refusal);
  if (const auto refusal = objection_to("MultiHeadAttention", sdpa, shop))
    return tl::unexpected<Refusal>(*refusal);
  const SizeFinder sizes(sdpa.anchor->graph(), facts, {sdpa.query.source, sdpa.key.source});
  const auto sides = planned_sides(sdpa, sizes, facts);
  if (!sides) return tl::unexpected<Refusal>(sides.error());
  if (const auto refusal = objection_to_type(*sides->query.from.value, sdpa, facts))
    return tl::unexpected<Refusal>(*refusal);
  const auto output = planned_output(sdpa, sizes, facts);
  if (!output) return tl::unexpected<Refusal>(output.error());
  const auto masks = plan_masks(sdpa, sides->past_length, shop.prover, sizes, *shop.context, facts);
  if (!masks) return tl::unexpected<Refusal>(masks.error());
  constexpr int causal_since = 17;  // The operator had no such attribute before.
  if (masks->is_causal && !shop.context->target().is_at_least(causal_since))
    return refuse("causal MultiHeadAttention needs ONNX Runtime 1.17; see --target");
  if (sdpa.key.past != nullptr) {
    const auto shapes = sizes_of_joined(masks->biases, sdpa);
    if (!shapes) return tl::unexpected<Refusal>(shapes.error());
    for (Node* shape : *shapes) read_from_parts(*shape, shop.pass, *shop.context);
  }

  Node& at = *output->value->producer();
  Rewriter to(shop.pass, at, *shop.context);
  std::vector<Value*> inputs = {
      &make_side(sides->query, to),       &make_side(sides->key, to),
      &make_side(sides->value, to),       bias_input(sdpa, *sides, to),
      shop.masks.padding(*masks, at, to), shop.masks.bias(*masks, at, to)};
  std::vector<std::string> outputs = {output->value->name() + "_MultiHeadAttention"};
  std::vector<Value*> joined;
  if (sdpa.key.past != nullptr) {
    inputs.insert(inputs.end(), {&make_past(*sdpa.key.past, *sides, to),
                                 &make_past(*sdpa.value.past, *sides, to)});
    for (const Operand* operand : {&sdpa.key, &sdpa.value}) {
      joined.push_back(operand->steps[operand->join_step].value);
      outputs.push_back(joined.back()->name() + "_present");
    }
  }
  Node& node = to.node(NodeSpec{.domain = "com.microsoft",
                                .op = "MultiHeadAttention",
                                .inputs = std::move(inputs),
                                .outputs = std::move(outputs),
                                .attributes = head_attributes(sdpa, sides->scale, *masks)});
  for (std::size_t k = 0; k < joined.size() && !sides->has_wide_cache; ++k)
    to.replace(*joined[k], *node.output(k + 1));
  finish_with(*node.output(), *output, sdpa, *masks, to, shop);
  return "com.microsoft.MultiHeadAttention";
}

}  // namespace ortopt::attention
