#pragma once

#include "ortopt/ir/type.h"

namespace ortopt {

/// How many numbers of the floating type `type` lie between two of them, which both are finite; 0
/// for other types.
[[nodiscard]] double ulp_distance(DataType type, double a, double b);

}  // namespace ortopt
