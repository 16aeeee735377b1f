#pragma once

#include <string>
#include <vector>

#include "ortopt/compare/comparison.h"
#include "ortopt/report/grid.h"

namespace ortopt {

/// "equal", "DIFFERENT", "not compared".
[[nodiscard]] std::string verdict_word(Comparison::Outcome outcome);

/// One row an output.
[[nodiscard]] Grid grid_of(const std::vector<Difference>& outputs);

/// The verdict in one sentence.
[[nodiscard]] std::string conclusion(const Comparison& comparison);

/// "3.6e-07", "0", "inf".
[[nodiscard]] std::string short_number(double number);

}  // namespace ortopt
