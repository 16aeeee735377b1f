#pragma once

#include <optional>

#include "ortopt/ir/type.h"

namespace ortopt {

/// How far two numbers may be apart and still count as equal: |a − b| ≤ max(absolute, relative ·
/// |a|), where a is the baseline's. What passes here passes numpy.allclose, which adds the two.
struct Tolerance {
  double absolute = 0;
  double relative = 0;

  [[nodiscard]] double allowed(double expected) const;
  friend bool operator==(const Tolerance&, const Tolerance&) = default;
};

/// What a person asks for; what is left open follows the types.
struct ToleranceRequest {
  std::optional<double> absolute;  ///< --atol
  std::optional<double> relative;  ///< --rtol
};

/// The tolerance for an output of type `output`. `coarsest` is the coarsest floating type that
/// either model computes in: half floats are allowed more, in the ratio of their roundings; types
/// that are no floats nothing, whatever is asked for.
[[nodiscard]] Tolerance tolerance_for(DataType output, DataType coarsest,
                                      const ToleranceRequest& request = {});

/// The coarser of two floating types; types that are no half floats count as float32.
[[nodiscard]] DataType coarser(DataType one, DataType two);

}  // namespace ortopt
