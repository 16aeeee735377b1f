#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "ortopt/base/logger.h"
#include "ortopt/optimise/optimise.h"

namespace ortopt {

/// Which operators have to stay in float32, and how that was found out.
struct MixedChoice {
  std::map<std::string, MeasuredNeed> kept;  ///< By label.
  std::set<std::string> fills;               ///< Values with numbers for "not this one".
  MeasuringFacts facts;
};

/// Finds the operators of the optimised `source` that have to stay in float32, so that the rest may
/// be float16 within the tolerance that `request` asks for, in at most twelve runs:
///
///   1. The float32 result tells how large its numbers become. What exceeds float16's range by more
///      than a reserve, inside of fused operators too, stays in float32.
///   2. All the rest in float16 is held against it. When that suffices, this is all.
///   3. Values inside both tell where the difference comes in. Groups of operators (of one kind, in
///      one layer) are kept in that order, as few as suffice (bisection), and given back one by one
///      where that suffices, too.
///
/// Fails with `no_runtime` without a runtime, and with `failure` when the model does not run.
[[nodiscard]] Result<MixedChoice> choose_mixed_precision(const std::filesystem::path& source,
                                                         const OptimiseRequest& request,
                                                         Logger& logger);

}  // namespace ortopt
