#include "passes/attention/mask_place.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "passes/attention/positions.h"

namespace ortopt::attention {
namespace {

using Dims = std::vector<LayoutDim>;

/// Rows of a self-attention walk one axis twice. Here they have to be told apart, so each gets a
/// label of its own.
struct Labels {
  Axis queries;
  Axis keys;

  static LayoutDim all_of(const Axis& axis) { return normalised({{&axis, Dim(1), axis.size}}); }
};

/// Whether two factors walk digits in common. Unknown counts as yes: what is then expanded in vain
/// is only larger.
bool overlap(const Factor& one, const Factor& other) {
  const auto ends_before = [](const Factor& inner, const Factor& outer) {
    return (outer.stride - inner.stride * inner.size).is_nonnegative() == true;
  };
  return one.axis == other.axis && !ends_before(one, other) && !ends_before(other, one);
}

bool holds_some(const LayoutDim& dim, const LayoutDim& of) {
  return std::ranges::any_of(dim, [&](const Factor& one) {
    return std::ranges::any_of(of, [&](const Factor& other) { return overlap(one, other); });
  });
}

class Placement {
 public:
  Placement(const MaskTerm& term, const ScoreShape& shape, const SizeFinder& sizes,
            const Analysis& facts)
      : term_(&term),
        shape_(&shape),
        sizes_(&sizes),
        labels_{{.name = "queries", .size = size_of(shape.queries)},
                {.name = "keys", .size = size_of(shape.keys)}},
        term_dims_(facts.shape(*term.value)) {}

  Recognised<PlacedTerm> in(const Layout& scores) {
    place_ = scores.dims;
    if (!term_dims_ || term_dims_->size() > place_.size())
      return refuse("mask '" + term_->value->name() +
                    "' has no known rank up to that of the scores");
    if (const auto refusal = find_spelled()) return tl::unexpected<Refusal>(*refusal);
    PlacedTerm made{.term = *term_};
    if (is_plain()) {
      made.rank = term_dims_->size();
      std::ranges::copy(spelled_, made.spells.begin());
      return made;
    }
    if (!label_rows()) return refuse_place();
    return unfolded(std::move(made));
  }

 private:
  static tl::unexpected<Refusal> refuse_place() {
    return refuse("it is added to scores of other dimensions than batch, heads, queries, keys");
  }

  /// Which dimensions of the place the term has; the others are broadcast.
  std::optional<Refusal> find_spelled() {
    const std::size_t missing = place_.size() - term_dims_->size();
    spelled_.assign(place_.size(), false);
    for (std::size_t k = missing; k < place_.size(); ++k) {
      const Dim& size = (*term_dims_)[k - missing];
      const Dim wanted = size_of(place_[k]);
      spelled_[k] = size == wanted;
      if (!size.is(1) && !spelled_[k])
        return Refusal{"mask '" + term_->value->name() + "' has a dimension of " + size.text() +
                       " where the scores have " + wanted.text()};
    }
    return std::nullopt;
  }

  /// Batch, heads, queries and keys already. Where axes meet in a sum either may name the result,
  /// so that the batch is known by its size.
  [[nodiscard]] bool is_plain() const {
    const std::array<Dim, 4> wanted = shape_->sizes();
    if (place_.size() != wanted.size() || term_->key_axis != -1 || place_[1] != shape_->heads)
      return false;
    for (std::size_t k = 0; k < wanted.size(); ++k)
      if (size_of(place_[k]) != wanted[k]) return false;
    return true;
  }

  bool label_rows() {
    if (place_.size() < 2) return false;
    const std::size_t rank = place_.size();
    LayoutDim& keys = place_[rank - static_cast<std::size_t>(-term_->key_axis)];
    LayoutDim& queries = place_[rank - (term_->key_axis == -1 ? 2U : 1U)];
    if (size_of(keys) != labels_.keys.size || size_of(queries) != labels_.queries.size)
      return false;
    keys = Labels::all_of(labels_.keys);
    queries = Labels::all_of(labels_.queries);
    return true;
  }

  /// The term as rank 4: where a dimension of the result takes in several of the place and the term
  /// has some of these only, it is expanded to the others.
  Recognised<PlacedTerm> unfolded(PlacedTerm made) {
    const std::array<LayoutDim, 4> all = {shape_->batch, shape_->heads,
                                          Labels::all_of(labels_.queries),
                                          Labels::all_of(labels_.keys)};
    std::vector<bool> filled = spelled_;
    for (bool grows = true; grows;) {
      grows = false;
      for (std::size_t at = 0; at < all.size(); ++at) {
        made.spells[at] = false;
        for (std::size_t k = 0; k < place_.size(); ++k)
          made.spells[at] = made.spells[at] || (filled[k] && holds_some(place_[k], all[at]));
        for (std::size_t k = 0; k < place_.size(); ++k) {
          if (!made.spells[at] || filled[k] || !holds_some(place_[k], all[at])) continue;
          filled[k] = grows = true;
        }
      }
    }
    if (!expand(filled, made)) return refuse("no value of the graph has the sizes of the scores");
    Dims from;
    for (std::size_t k = place_.size() - made.rank; k < place_.size(); ++k)
      from.push_back(filled[k] ? place_[k] : LayoutDim{});
    Dims to;
    for (std::size_t at = 0; at < all.size(); ++at)
      to.push_back(made.spells[at] ? all[at] : LayoutDim{});
    auto arranged = arrangement(from, to, *sizes_);
    if (!arranged) return refuse_place();
    made.arrangement = std::move(*arranged);
    made.rank = all.size();
    return made;
  }

  /// Sets the rank of what is then rearranged, too.
  bool expand(const std::vector<bool>& filled, PlacedTerm& made) const {
    made.rank = term_dims_->size();
    if (filled == spelled_) return true;
    made.rank = place_.size();
    for (std::size_t k = 0; k < place_.size(); ++k) {
      const auto size =
          filled[k] && !spelled_[k] ? sizes_->find(size_of(place_[k])) : ShapeEntry{int64_t{1}};
      if (!size) return false;
      made.expansion.push_back(*size);
    }
    return true;
  }

  const MaskTerm* term_;
  const ScoreShape* shape_;
  const SizeFinder* sizes_;
  Labels labels_;
  std::optional<std::vector<Dim>> term_dims_;
  Dims place_;
  std::vector<bool> spelled_;
};

}  // namespace

ScoreShape ScoreShape::of(const Sdpa& sdpa) {
  return {.batch = batch_of(sdpa),
          .heads = normalised(sdpa.query.heads),
          .queries = sdpa.query.row,
          .keys = sdpa.key.row};
}

std::array<Dim, 4> ScoreShape::sizes() const {
  return {size_of(batch), size_of(heads), size_of(queries), size_of(keys)};
}

Recognised<PlacedTerm> placed(const MaskTerm& term, const Value& scores, const ScoreShape& shape,
                              const SizeFinder& sizes, const Analysis& facts) {
  const Layout* layout = facts.layout(scores);
  if (layout == nullptr) return refuse("the scores have no known layout");
  return Placement(term, shape, sizes, facts).in(*layout);
}

}  // namespace ortopt::attention
