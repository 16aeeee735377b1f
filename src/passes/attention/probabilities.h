#pragma once

#include <set>
#include <vector>

#include "ortopt/passes/attention/sdpa.h"
#include "passes/attention/score_axes.h"

namespace ortopt::attention {

/// What lies below a softmax: the product with the values and the merge of the heads.
struct ProbabilityChain {
  Operand value;
  std::vector<MaskTerm> guards;  ///< What stands on the way to the product.
  std::vector<Value*> outputs;   ///< Values that hold the merged result, the first one first.
  std::set<Feature> features;
};

/// Walks down from the probabilities to the product with the values, and on through rearrangements
/// to the merged output.
[[nodiscard]] Recognised<ProbabilityChain> walk_probabilities(Value& probabilities, ScoreAxes axes,
                                                              const Analysis& facts);

}  // namespace ortopt::attention
