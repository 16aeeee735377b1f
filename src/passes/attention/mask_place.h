#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "ortopt/passes/attention/sdpa.h"
#include "passes/attention/arrange.h"

namespace ortopt::attention {

/// Dimensions of the scores that masks are checked against.
struct ScoreShape {
  LayoutDim batch;
  LayoutDim heads;
  LayoutDim queries;
  LayoutDim keys;

  [[nodiscard]] static ScoreShape of(const Sdpa& sdpa);
  /// Sizes of [batch, heads, queries, keys].
  [[nodiscard]] std::array<Dim, 4> sizes() const;
};

/// A mask term that is handed over as it is, and how it becomes [batch, heads, queries, keys] from
/// the dimensions that it has where it meets the scores: [batch · heads, queries, keys] (BLOOM),
/// [batch, windows, heads, queries, keys] (Swin).
struct PlacedTerm {
  MaskTerm term;
  std::vector<ShapeEntry> expansion;  ///< What it is expanded to first; empty: nothing to do.
  Arrangement arrangement;
  std::array<bool, 4> spells = {};  ///< Which of the four it has then; the others have size 1.
  std::size_t rank = 0;             ///< Its rank then.
};

/// Finds the place of `term`, which meets `scores`. Refused when these are not a rearrangement of
/// batch, heads, queries and keys, or when the term fits none of their dimensions.
[[nodiscard]] Recognised<PlacedTerm> placed(const MaskTerm& term, const Value& scores,
                                            const ScoreShape& shape, const SizeFinder& sizes,
                                            const Analysis& facts);

}  // namespace ortopt::attention
