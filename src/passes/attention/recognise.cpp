#include "ortopt/passes/attention/recognise.h"

#include "passes/attention/operands.h"
#include "passes/attention/origins.h"
#include "passes/attention/positions.h"
#include "passes/attention/probabilities.h"
#include "passes/attention/scores.h"

namespace ortopt::attention {
namespace {

/// What the size of heads or features must be before an operator can be given it.
Recognised<int64_t> number_of(const Dim& size, const char* what) {
  if (const auto number = size.constant(); number && *number > 0) return *number;
  return refuse(std::string(what) + " is no number: " + size.text());
}

std::optional<Refusal> read_sizes(Sdpa& sdpa) {
  if (sdpa.query.head_size != sdpa.key.head_size)
    return Refusal{"head sizes of queries and keys differ: " + sdpa.query.head_size.text() +
                   " and " + sdpa.key.head_size.text()};
  struct Wanted {
    const Dim& size;
    const char* what;
    int64_t& to;
  };
  for (const Wanted& wanted : {Wanted{sdpa.query.head_count, "the head count", sdpa.heads},
                               Wanted{sdpa.key.head_count, "the kv head count", sdpa.kv_heads},
                               Wanted{sdpa.query.head_size, "the head size", sdpa.head_size},
                               Wanted{sdpa.value.head_size, "the value size", sdpa.value_size}}) {
    const auto number = number_of(wanted.size, wanted.what);
    if (!number) return number.error();
    wanted.to = *number;
  }
  return std::nullopt;
}

/// Without a projection heads are an axis of their own: the innermost that the product batches over,
/// of as many as `query` has.
void find_kept_heads(Operand& operand, const Operand& query) {
  if (operand.weight != nullptr || !operand.heads.empty() || query.weight == nullptr) return;
  LayoutDim rest = flattened(operand.batch);
  Dim count = 1;
  while (!rest.empty() && count != query.head_count) {
    count = count * rest.back().size;
    rest.pop_back();
  }
  if (count != query.head_count) return;
  operand.head_count = count;
  operand.rest = std::move(rest);
}

void collect_features(Sdpa& sdpa) {
  for (const Operand* operand : {&sdpa.query, &sdpa.key, &sdpa.value})
    sdpa.features.insert(operand->features_met.begin(), operand->features_met.end());
  if (sdpa.kv_heads != sdpa.heads) sdpa.features.insert(Feature::repeated_heads);
}

}  // namespace

std::string name_of(Feature feature) {
  switch (feature) {
    case Feature::rotary:
      return "rotary embedding";
    case Feature::norm:
      return "a norm on queries or keys";
    case Feature::gain:
      return "a gain on queries, keys or values";
    case Feature::past:
      return "past keys and values";
    case Feature::unprojected:
      return "keys or values without a projection";
    case Feature::softcap:
      return "a soft cap";
    case Feature::floor:
      return "a floor";
    case Feature::stable:
      return "a subtracted maximum";
    case Feature::nan_guard:
      return "a guard against NaN";
    case Feature::repeated_heads:
      return "fewer kv heads than heads";
  }
  return "";
}

bool Sdpa::is_self() const {
  const auto is_of_query = [&](const Operand& operand, const Value* source) {
    return source == query_source && operand.weight != nullptr && !operand.projection->is("Conv") &&
           operand.rest == query.rest && operand.row == query.row;
  };
  return is_of_query(query, query_source) && is_of_query(key, key_source) &&
         is_of_query(value, value_source);
}

struct Recogniser::Memory {
  explicit Memory(const Analysis& facts) : origins(facts) {}
  Origins origins;
};

Recogniser::Recogniser(const Analysis& facts) : memory_(std::make_unique<Memory>(facts)) {}
Recogniser::~Recogniser() = default;

bool Recogniser::is_anchor(const Node& node) const {
  const Analysis& facts = memory_->origins.facts();
  if (facts.softmax_numerator(node) == nullptr && !node.is("Softmax")) return false;
  const Value* scores = node.input(0);
  if (const Value* numerator = facts.softmax_numerator(node))
    scores = numerator->producer()->input(0);
  return scores != nullptr && facts.carries_scores(*scores);
}

Recognised<Sdpa> Recogniser::recognise(Node& anchor) {
  Origins& origins = memory_->origins;
  const Analysis& facts = origins.facts();
  auto scores = walk_scores(anchor, origins);
  if (!scores) return tl::unexpected<Refusal>(scores.error());
  auto sides = query_and_key(*scores, facts);
  if (!sides) return tl::unexpected<Refusal>(sides.error());
  auto below = walk_probabilities(*anchor.output(), scores->probability_axes, facts);
  if (!below) return tl::unexpected<Refusal>(below.error());

  Sdpa sdpa{.anchor = &anchor,
            .masks = std::move(scores->masks),
            .masked_scores = std::move(scores->masked_scores),
            .guards = std::move(below->guards),
            .outputs = std::move(below->outputs),
            .features = std::move(scores->features)};
  sdpa.features.merge(below->features);
  Operand* const operands[] = {&sdpa.query, &sdpa.key, &sdpa.value};
  Operand found[] = {std::move(sides->first), std::move(sides->second), std::move(below->value)};
  for (std::size_t k = 0; k < 3; ++k) {
    auto operand = traced(std::move(found[k]), origins);
    if (!operand) return tl::unexpected<Refusal>(operand.error());
    if (auto refusal = divide_axes(*operand, facts)) return tl::unexpected<Refusal>(*refusal);
    *operands[k] = std::move(*operand);
  }
  for (Operand* operand : {&sdpa.key, &sdpa.value}) find_kept_heads(*operand, sdpa.query);
  if (auto refusal = read_sizes(sdpa)) return tl::unexpected<Refusal>(*refusal);
  if (auto refusal = check_positions(sdpa, facts)) return tl::unexpected<Refusal>(*refusal);
  sdpa.score_scale = scores->scale;
  sdpa.scale = scores->scale * sdpa.query.scale * sdpa.key.scale;
  sdpa.query_source = stripped_source(sdpa.query.source, facts);
  sdpa.key_source = stripped_source(sdpa.key.source, facts);
  sdpa.value_source = stripped_source(sdpa.value.source, facts);
  collect_features(sdpa);
  return sdpa;
}

}  // namespace ortopt::attention
