#pragma once

#include "ortopt/passes/attention/sdpa.h"

namespace ortopt::attention {

/// Which dimensions of scores or probabilities walk the keys and the queries, counted from the end:
/// −1 is the last. tf2onnx transposes scores, and hangs dimensions of size 1 on them.
struct ScoreAxes {
  int key = -1;
  int query = -2;

  /// Whether they are the last two dimensions, in either order: what products and masks want.
  [[nodiscard]] bool are_last() const { return key + query == -3 && key * query == 2; }
};

/// The axes of a view's input, given those of its output. Refused when the view merges either of
/// them with something else.
[[nodiscard]] Recognised<ScoreAxes> axes_above(const Node& view, const ScoreAxes& axes,
                                               const Analysis& facts);
/// The axes of a view's output, given those of its input.
[[nodiscard]] Recognised<ScoreAxes> axes_below(const Node& view, const ScoreAxes& axes,
                                               const Analysis& facts);

}  // namespace ortopt::attention
