#pragma once

#include <cstdint>
#include <optional>

#include "ortopt/ir/type.h"

namespace ortopt {

class Graph;

/// How far two numbers may be apart and still count as equal: |a − b| ≤ max(absolute, relative ·
/// |a|, spread · the root of the mean square of all a), where a is the baseline's. What passes
/// `absolute` and `relative` passes numpy.allclose, which adds the two.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
  /// For half floats: a small number among large ones was made of large ones.
  double spread = 0;
  /// For half floats, and not for them one by one: ‖a − b‖ ≤ norm · ‖a‖, so that numbers that are
  /// all small have to be alike, too. 0: not asked.
  double norm = 0;

  [[nodiscard]] double allowed(double expected, double root_mean_square = 0) const;
  friend bool operator==(const Tolerance&, const Tolerance&) = default;
};

/// What a person asks for; what is left open follows the types.
struct ToleranceRequest {
  std::optional<double> absolute;  ///< --atol
  std::optional<double> relative;  ///< --rtol
};

/// How two models round.
struct Rounding {
  DataType coarsest = DataType::float32;  ///< The coarsest floating type that either computes in.
  /// How many products (MatMul, convolution, those of an attention …) follow upon each other at
  /// most: errors add up along the way, as the root of their number.
  int64_t depth = 0;

  /// Takes a model's weights and operators into account.
  void add(const Graph& graph);
};

/// The tolerance for an output of type `output`: half floats are allowed more, in the ratio of their
/// roundings and by the depth of the model; types that are no floats nothing, whatever is asked for.
[[nodiscard]] Tolerance tolerance_for(DataType output, const Rounding& rounding,
                                      const ToleranceRequest& request = {});

/// The tolerance for a float32 output of a model whose own outputs move by `unsteadiness` (‖a − b‖ /
/// ‖a‖) through rounding alone: no other model can be nearer to it. Nothing beyond what half floats
/// are allowed, where being near says little.
[[nodiscard]] std::optional<Tolerance> tolerance_for_unsteady(DataType output, double unsteadiness);

/// The coarser of two floating types; types that are no half floats count as float32.
[[nodiscard]] DataType coarser(DataType one, DataType two);

}  // namespace ortopt
