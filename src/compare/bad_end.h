#pragma once

#include "ortopt/compare/verification.h"
#include "ortopt/engine/child.h"

namespace ortopt {

/// What a verifying child notes about the stage that it is in.
inline constexpr const char* original_stage_note = "original";
inline constexpr const char* result_stage_note = "result";

/// The verdict on two models when the child that compared them has come to a bad end: a result that
/// brings the runtime down where the original did not is `different`.
[[nodiscard]] Verification verdict_on_bad_end(const ChildReport& report);

}  // namespace ortopt
