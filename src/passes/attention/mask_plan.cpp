#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include "passes/attention/mask_inputs.h"

namespace ortopt::attention {
namespace {

/// What hides a key has to be as negative as this, or it is no mask. TensorFlow and BERT use
/// −10000.
constexpr double hides_below = -1000;
/// From here on a score is lost in the sum: s + v = v in float.
constexpr double absorbs_below = -1e30;

/// ONNX Runtime before this takes a raw mask of another length than the queries for one of their
/// length, and reads a bias [batch, 1, queries, keys] beyond its end.
constexpr int sound_masks_since = 21;

bool is_additive(const MaskTerm& term) {
  return term.kind == MaskTerm::Kind::add || term.kind == MaskTerm::Kind::subtract;
}

class Planner {
 public:
  Planner(const Sdpa& sdpa, const Dim& offset, MaskProver& prover, const SizeFinder& sizes,
          const Context& context, const Analysis& facts)
      : sdpa_(&sdpa),
        offset_(&offset),
        prover_(&prover),
        sizes_(&sizes),
        context_(&context),
        facts_(&facts),
        shape_(ScoreShape::of(sdpa)) {}

  Recognised<MaskPlan> plan() {
    if (sdpa_->masks.empty() && sdpa_->guards.empty()) return MaskPlan{};
    MaskPlan plan;
    const auto why_not = spell(sdpa_->masks, plan);
    if (!why_not) return plan;
    // What is added as it is says nothing of the rows that a guard means.
    if (!sdpa_->guards.empty()) return tl::unexpected<Refusal>(*why_not);
    plan = {};
    std::vector<MaskTerm> spelled;
    std::vector<MaskTerm> added;
    for (const MaskTerm& term : sdpa_->masks) {
      MaskPlan alone;
      (spell({term}, alone) ? added : spelled).push_back(term);
    }
    if (!spelled.empty() && (spell(spelled, plan) || plan.factor != 1)) {
      plan = {};
      added = sdpa_->masks;
    }
    if (const auto refusal = add(added, plan))
      return refuse(why_not->reason + "; not added as it is: " + refusal->reason);
    return plan;
  }

 private:
  /// Fills in padding and causality when `terms` are proved to mean nothing else.
  std::optional<Refusal> spell(const std::vector<MaskTerm>& terms, MaskPlan& plan) {
    std::vector<MaskTerm> all = terms;
    all.insert(all.end(), sdpa_->guards.begin(), sdpa_->guards.end());
    const MaskMeaning& meaning = prover_->prove(all, sdpa_->heads);
    if (!meaning.proved) return Refusal{"mask not understood: " + meaning.reason};
    if (!meaning.is_plain()) return Refusal{"recognised, no operator yet: mask " + meaning.text};
    if (!meaning.hidden_values.empty() && meaning.hidden_values.back() > hides_below)
      return Refusal{"hidden scores become " + std::to_string(meaning.hidden_values.back()) +
                     ", which hides nothing"};
    plan.factor = meaning.factor;
    if (const auto offset = meaning.causal_offset()) {
      if (*offset != *offset_)
        return Refusal{"queries stand " + offset->text() + " behind the keys, not " +
                       offset_->text()};
      plan.is_causal = true;
    }
    if (const Literal* padding = meaning.key_padding()) {
      if (const auto refusal = check_padding(*padding)) return refusal;
      if (context_->options().no_attention_mask) {
        plan.assumptions.push_back("nothing is padded (no_attention_mask)");
        return std::nullopt;
      }
      plan.padding = *padding;
      // The kernels take lengths for as many keys as queries only.
      plan.as_lengths = context_->options().use_mask_index && sdpa_->key.past == nullptr &&
                        size_of(shape_.keys) == size_of(shape_.queries);
      if (plan.as_lengths) plan.assumptions.push_back("padding is at the end (use_mask_index)");
      // Of several values the largest is the padding's: the causal one is at least as negative.
      plan.filter_value = meaning.hidden_values.back();
      if (std::isinf(*plan.filter_value) &&
          (sdpa_->features.contains(Feature::nan_guard) || !sdpa_->guards.empty()))
        plan.filter_value = lowest_mask();
      if (padding->assumed_binary && facts_->dtype(*padding->value) != DataType::boolean)
        plan.assumptions.push_back(padding->value->name() + " is 0 or 1");
    }
    assume_visible(terms, meaning, plan);
    return std::nullopt;
  }

  /// Rows that see no key differ where a hidden score is replaced, not added to; where two masks
  /// meet; and where NaN is guarded against.
  void assume_visible(const std::vector<MaskTerm>& terms, const MaskMeaning& meaning,
                      MaskPlan& plan) const {
    if (!plan.padding) return;
    const bool replaces =
        std::ranges::any_of(terms, [](const MaskTerm& term) { return !is_additive(term); });
    const bool is_lost = meaning.hidden_values.front() > absorbs_below && replaces;
    const bool is_guarded =
        sdpa_->features.contains(Feature::nan_guard) && std::isinf(meaning.hidden_values.front());
    if (plan.is_causal || is_lost || is_guarded || !sdpa_->guards.empty())
      plan.assumptions.push_back("every query sees a key");
  }

  std::optional<Refusal> check_padding(const Literal& padding) const {
    const auto dims = facts_->shape(*padding.value);
    if (!dims || dims->size() != 2) return Refusal{"the mask has not rank 2"};
    if ((*dims)[0] != size_of(shape_.batch) || (*dims)[1] != size_of(shape_.keys))
      return Refusal{"the mask is [" + (*dims)[0].text() + ", " + (*dims)[1].text() +
                     "], batch and keys are " + size_of(shape_.batch).text() + " and " +
                     size_of(shape_.keys).text()};
    if (padding.index[0].is(0) && !(*dims)[0].is(1))
      return Refusal{"the mask is read at its first row for all of the batch"};
    const bool is_cross = offset_->is(0) && size_of(shape_.keys) != size_of(shape_.queries);
    if (is_cross && !context_->target().is_at_least(sound_masks_since))
      return Refusal{
          "ONNX Runtime before 1.21 misreads a raw mask of other length than the queries"};
    return std::nullopt;
  }

  /// Which dimensions of [batch, heads, queries, keys] a sum of terms has, and its rank.
  struct Extent {
    std::array<bool, 4> spells = {};
    std::size_t rank = 0;
  };

  /// A bias has to be [batch or 1, heads or 1, queries, keys]: the kernel broadcasts no others.
  std::optional<Refusal> add(const std::vector<MaskTerm>& terms, MaskPlan& plan) const {
    Extent extent;
    for (const MaskTerm& term : terms) {
      if (const auto refusal = check_term(term, plan)) return refusal;
      const auto at = std::ranges::find(sdpa_->masks, term) - sdpa_->masks.begin();
      auto made = placed(term, *sdpa_->masked_scores[static_cast<std::size_t>(at)], shape_, *sizes_,
                         *facts_);
      if (!made) return made.error();
      extent.rank = std::max(extent.rank, made->rank);
      // A plain term of lower rank is aligned with the last dimensions, and so is what it spells.
      for (std::size_t k = 0; k < extent.spells.size(); ++k)
        extent.spells[k] = extent.spells[k] || made->spells[k];
      plan.biases.push_back(std::move(*made));
    }
    plan.type = facts_->dtype(*sdpa_->query.value);
    keep_finite(plan);
    return plan.biases.empty() ? std::nullopt : find_expansion(plan, extent);
  }

  /// Where the graph guards against rows that see no key, −∞ may fill one: the kernels make NaN of
  /// that, which spreads to all other rows in the next layer.
  void keep_finite(MaskPlan& plan) const {
    if (plan.biases.empty() || !sdpa_->features.contains(Feature::nan_guard)) return;
    plan.bias_floor = lowest_mask();
    plan.assumptions.push_back("every query sees a key");
  }

  /// Half of the lowest number of the type: that leaves room for the scores.
  [[nodiscard]] double lowest_mask() const {
    constexpr double half_of_float = -1.7e38;
    constexpr double half_of_float16 = -32752;
    const bool is_short = facts_->dtype(*sdpa_->query.value) == DataType::float16;
    return is_short ? half_of_float16 : half_of_float;
  }

  /// What is added has to have the type of the scores; what replaces them has to hide.
  std::optional<Refusal> check_term(const MaskTerm& term, MaskPlan& plan) const {
    if (is_additive(term)) {
      if (facts_->dtype(*term.value) == facts_->dtype(*sdpa_->query.value)) return std::nullopt;
      return Refusal{"mask '" + term.value->name() + "' has another type than the features"};
    }
    if (term.kind != MaskTerm::Kind::keep_where && term.kind != MaskTerm::Kind::drop_where)
      return Refusal{"it multiplies the scores"};
    if (!term.fill || *term.fill > hides_below) return Refusal{"it does not replace to hide"};
    // Padding is up to the inputs and may be assumed to leave a key; positions are what they are.
    const MaskMeaning& meaning = prover_->prove(std::span(&term, 1), sdpa_->heads);
    if (*term.fill > absorbs_below && meaning.proved && !meaning.shows_own_key(*offset_))
      return Refusal{"it hides all keys of some query and replaces their scores"};
    if (*term.fill > absorbs_below) plan.assumptions.push_back("every query sees a key");
    return std::nullopt;
  }

  std::optional<Refusal> find_expansion(MaskPlan& plan, const Extent& extent) const {
    const auto& [batch, heads, queries, keys] = extent.spells;
    const bool needs_heads = batch && !heads && !size_of(shape_.batch).is(1) &&
                             !context_->target().is_at_least(sound_masks_since);
    if (queries && keys && extent.rank == 4 && !needs_heads) return std::nullopt;
    const auto length = [&](bool is_there, const LayoutDim& dim) {
      return is_there ? ShapeEntry{int64_t{1}} : sizes_->find(size_of(dim));
    };
    const auto query_length = length(queries, shape_.queries);
    const auto key_length = length(keys, shape_.keys);
    if (!query_length || !key_length)
      return Refusal{"no value of the graph has the length that it must be expanded to"};
    plan.bias_shape = {int64_t{1}, needs_heads ? sdpa_->heads : int64_t{1}, *query_length,
                       *key_length};
    return std::nullopt;
  }

  const Sdpa* sdpa_;
  const Dim* offset_;
  MaskProver* prover_;
  const SizeFinder* sizes_;
  const Context* context_;
  const Analysis* facts_;
  ScoreShape shape_;
};

}  // namespace

Recognised<MaskPlan> plan_masks(const Sdpa& sdpa, const Dim& offset, MaskProver& prover,
                                const SizeFinder& sizes, const Context& context,
                                const Analysis& facts) {
  return Planner(sdpa, offset, prover, sizes, context, facts).plan();
}

}  // namespace ortopt::attention
