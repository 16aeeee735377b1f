#pragma once

#include <vector>

#include "compare/cases.h"

namespace ortopt {

/// How far each output of a model moves by rounding alone: the largest ‖a − b‖ / ‖a‖ over `runs`, with
/// float32 inputs changed in their last place. `session` is the same model, and may add roundings of
/// its own. Infinite where other elements are finite.
[[nodiscard]] Result<std::vector<double>> measure_unsteadiness(Session& session,
                                                               const std::vector<CaseRun>& runs);

}  // namespace ortopt
