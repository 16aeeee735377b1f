#include "ortopt/compare/tolerance.h"

#include <algorithm>
#include <cmath>

namespace ortopt {
namespace {

/// For float32 outputs. In real exports what rounding and another order of sums make of them stays
/// two orders of magnitude below.
constexpr double usual = 2e-4;

/// About the ratio of the roundings, and a reserve less because sums are kept in float32.
double factor_of(DataType coarsest) {
  if (coarsest == DataType::bfloat16) return 400;
  if (coarsest == DataType::float16) return 50;
  return 1;
}

}  // namespace

double Tolerance::allowed(double expected) const {
  return std::isfinite(expected) ? std::max(absolute, relative * std::abs(expected)) : absolute;
}

DataType coarser(DataType one, DataType two) {
  for (const DataType half : {DataType::bfloat16, DataType::float16})
    if (one == half || two == half) return half;
  return DataType::float32;
}

Tolerance tolerance_for(DataType output, DataType coarsest, const ToleranceRequest& request) {
  if (!is_floating(output)) return {};
  const double own = usual * factor_of(coarser(output, coarsest));
  return {request.absolute.value_or(own), request.relative.value_or(own)};
}

}  // namespace ortopt
