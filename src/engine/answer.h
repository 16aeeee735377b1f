#pragma once

#include <string>

#include "ortopt/base/result.h"
#include "ortopt/engine/child.h"

namespace ortopt {

/// Runs work that returns a text or an error in a child, and brings either home. A child that dies
/// fails with `on_death`.
[[nodiscard]] Result<std::string> answer_from_child(
    FunctionRef<Result<std::string>(ChildNotes&)> work, const ChildLimits& limits, Code on_death);

}  // namespace ortopt
