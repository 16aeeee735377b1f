#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/cases.h"
#include "ortopt/ir/graph.h"

namespace ortopt {

/// Why the model gives other results every time, if so: a node of it draws random numbers, and the
/// first of `runs` came out differently when it was run again. Graphs without such nodes are not
/// run again.
[[nodiscard]] std::optional<std::string> find_randomness(const Graph& graph,
                                                         const std::vector<CaseRun>& runs,
                                                         Session& session);

}  // namespace ortopt
