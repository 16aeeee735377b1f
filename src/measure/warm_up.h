#pragma once

#include "ortopt/base/result.h"
#include "ortopt/measure/measurement.h"

namespace ortopt {

/// Runs until times do not fall any more, or for long enough; the seconds of a typical run. Fills in
/// the round's number of runs and whether it became stable.
[[nodiscard]] Result<double> warm_up(Subject& subject, Round& round, double (*now)());

}  // namespace ortopt
