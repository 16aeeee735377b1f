#pragma once

#include <string>

#include "ortopt/ir/load.h"

namespace ortopt {

/// What `ort-opt info` prints: opset, inputs and outputs, sizes, operators, provenance.
[[nodiscard]] std::string to_description(const LoadedModel& loaded);

}  // namespace ortopt
