#pragma once

#include "ortopt/pass/registry.h"
#include "ortopt/precision/options.h"

namespace ortopt {

/// Appends what a change of precision takes: the conversion, and a cleaning up of Casts that have
/// nothing to do any more. Nothing when `options` ask for none.
void add_precision_stages(const PrecisionOptions& options, Pipeline& pipeline);

}  // namespace ortopt
