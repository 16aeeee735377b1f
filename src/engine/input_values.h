#pragma once

#include <span>

#include "engine/random.h"
#include "ortopt/engine/inputs.h"

namespace ortopt {

/// The numbers of one input. `dims` are its dimensions in this case.
[[nodiscard]] std::vector<double> input_values(const InputMeaning& meaning, const InputCase& inputs,
                                               std::span<const int64_t> dims, Random& random);

/// The lengths of rows of `sequence` places in the form that has the sums as well.
[[nodiscard]] std::vector<double> with_sums(std::vector<double> lengths, int64_t sequence);

}  // namespace ortopt
