#include "compare/ulp.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "ir/element.h"

namespace ortopt {
namespace {

/// Floating numbers as integers in the same order: what follows a number is one more.
template <class Bits>
double in_order(Bits bits) {
  constexpr Bits sign = Bits{1} << (sizeof(Bits) * 8 - 1);
  const auto magnitude = static_cast<double>(bits & static_cast<Bits>(sign - 1));
  return (bits & sign) != 0 ? -magnitude : magnitude;
}

template <class Half>
uint16_t half_bits(double number) {
  return std::bit_cast<uint16_t>(convert_element<Half>(number));
}

}  // namespace

double ulp_distance(DataType type, double a, double b) {
  switch (type) {
    case DataType::float32:
      return std::abs(in_order(std::bit_cast<uint32_t>(static_cast<float>(a))) -
                      in_order(std::bit_cast<uint32_t>(static_cast<float>(b))));
    case DataType::float64:
      return std::abs(in_order(std::bit_cast<uint64_t>(a)) - in_order(std::bit_cast<uint64_t>(b)));
    case DataType::float16:
      return std::abs(in_order(half_bits<Eigen::half>(a)) - in_order(half_bits<Eigen::half>(b)));
    case DataType::bfloat16:
      return std::abs(in_order(half_bits<Eigen::bfloat16>(a)) -
                      in_order(half_bits<Eigen::bfloat16>(b)));
    default:
      return 0;
  }
}

}  // namespace ortopt
