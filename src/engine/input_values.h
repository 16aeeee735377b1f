#pragma once

#include <span>

#include "engine/random.h"
#include "ortopt/engine/inputs.h"

namespace ortopt {

/// The numbers of one input. `dims` are its dimensions in this case.
[[nodiscard]] std::vector<double> input_values(const InputMeaning& meaning, const InputCase& inputs,
                                               std::span<const int64_t> dims, Random& random);

}  // namespace ortopt
