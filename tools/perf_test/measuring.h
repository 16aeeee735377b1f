#pragma once

#include "options.h"
#include "ortopt/measure/tuning.h"
#include "ortopt/report/performance.h"

namespace ortopt::tool {

/// Measures all models in all settings, one setting after the other, and draws its progress on
/// stderr. What fails is in the report.
[[nodiscard]] PerformanceReport measure_all(const Options& options);

/// Searches for the best settings of the one model.
[[nodiscard]] Result<TuningResult> tune_model(const Options& options);

}  // namespace ortopt::tool
