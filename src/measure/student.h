#pragma once

#include <cstddef>

namespace ortopt {

/// The value that a normally distributed variable passes with probability `tail` (below a half).
[[nodiscard]] double normal_quantile(double tail);
/// The same for Student's t.
[[nodiscard]] double student_quantile(double tail, std::size_t degrees_of_freedom);
/// How much further out than a normal one the ends of an interval lie that was made from `count`
/// independent numbers whose deviation is not known but estimated, and estimated without the
/// correction for the mean, as the bootstrap does.
[[nodiscard]] double widening(std::size_t count, double tail);

}  // namespace ortopt
