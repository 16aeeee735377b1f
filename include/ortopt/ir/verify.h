#pragma once

#include "ortopt/base/result.h"
#include "ortopt/ir/model.h"

namespace ortopt {

/// Checks every invariant of the graph and of those nested in it: names unique and resolvable, uses
/// and producers agree in both directions, order topological, outputs present, initializers
/// consistent in size. Fails with `internal`, naming the place.
[[nodiscard]] Result<void> verify(const Graph& graph);

}  // namespace ortopt
