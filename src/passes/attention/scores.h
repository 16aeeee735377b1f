#pragma once

#include <set>
#include <utility>
#include <vector>

#include "ortopt/passes/attention/sdpa.h"
#include "passes/attention/origins.h"
#include "passes/attention/score_axes.h"

namespace ortopt::attention {

/// What lies between a softmax and the product of queries and keys above it.
struct ScoreChain {
  Node* product = nullptr;
  ScoreAxes axes;              ///< Of the product.
  ScoreAxes probability_axes;  ///< Of the softmax.
  double scale = 1;
  std::vector<MaskTerm> masks;
  std::vector<const Value*> masked_scores;
  std::set<Feature> features;
};

/// The softmax's input and its axes; refused when it normalises neither of the last two.
[[nodiscard]] Recognised<std::pair<Value*, ScoreAxes>> normalised_scores(const Node& anchor,
                                                                         const Analysis& facts);

/// Walks up from the softmax along the scores, collecting scale and mask terms, to the product.
[[nodiscard]] Recognised<ScoreChain> walk_scores(Node& anchor, Origins& origins);

/// Queries and keys: the operands of the product with their dimensions by role. Which is which
/// follows from the key axis alone.
[[nodiscard]] Recognised<std::pair<Operand, Operand>> query_and_key(const ScoreChain& chain,
                                                                    const Analysis& facts);

}  // namespace ortopt::attention
