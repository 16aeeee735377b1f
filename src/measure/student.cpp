#include "measure/student.h"

#include <Eigen/Core>
#include <cmath>
#include <unsupported/Eigen/SpecialFunctions>

namespace ortopt {

double normal_quantile(double tail) { return -Eigen::numext::ndtri(tail); }

double student_quantile(double tail, std::size_t degrees_of_freedom) {
  const auto freedom = static_cast<double>(degrees_of_freedom);
  // P(T > t) = I(ν / (ν + t²); ν/2, 1/2) / 2 falls with t.
  const auto beyond = [&](double t) {
    return Eigen::numext::betainc(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
  };
  double low = 0;
  double high = 1;
  while (beyond(high) > tail) high *= 2;
  constexpr int steps = 60;
  for (int i = 0; i < steps; ++i) {
    const double middle = (low + high) / 2;
    (beyond(middle) > tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

double widening(std::size_t count, double tail) {
  const auto n = static_cast<double>(count);
  return student_quantile(tail, count - 1) / normal_quantile(tail) * std::sqrt(n / (n - 1));
}

}  // namespace ortopt
