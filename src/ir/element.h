#pragma once

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "ortopt/ir/type.h"

namespace ortopt {

/// Calls `use(std::type_identity<T>{})` with the C++ type of `type`'s elements (half floats are
/// Eigen's; bool is uint8_t) and returns true; returns false for types without one: strings, packed
/// and 8-bit floating types, complex numbers.
template <class Use>
bool with_element(DataType type, const Use& use) {
  switch (type) {
    case DataType::float32:
      use(std::type_identity<float>{});
      return true;
    case DataType::float64:
      use(std::type_identity<double>{});
      return true;
    case DataType::float16:
      use(std::type_identity<Eigen::half>{});
      return true;
    case DataType::bfloat16:
      use(std::type_identity<Eigen::bfloat16>{});
      return true;
    case DataType::boolean:
    case DataType::uint8:
      use(std::type_identity<uint8_t>{});
      return true;
    case DataType::int8:
      use(std::type_identity<int8_t>{});
      return true;
    case DataType::uint16:
      use(std::type_identity<uint16_t>{});
      return true;
    case DataType::int16:
      use(std::type_identity<int16_t>{});
      return true;
    case DataType::uint32:
      use(std::type_identity<uint32_t>{});
      return true;
    case DataType::int32:
      use(std::type_identity<int32_t>{});
      return true;
    case DataType::uint64:
      use(std::type_identity<uint64_t>{});
      return true;
    case DataType::int64:
      use(std::type_identity<int64_t>{});
      return true;
    default:
      return false;
  }
}

template <class T>
T load_element(const std::byte* from) {
  T element;
  std::memcpy(static_cast<void*>(&element), from, sizeof(T));
  return element;
}

template <class T>
void store_element(T element, std::byte* to) {
  std::memcpy(to, static_cast<const void*>(&element), sizeof(T));
}

template <class T>
constexpr bool is_half_float = std::is_same_v<T, Eigen::half> || std::is_same_v<T, Eigen::bfloat16>;

/// `number` as a float whose last bit is set when something was cut off ("round to odd"): rounding
/// the result to a half float gives the same as rounding `number` itself, once.
inline float narrowed_for_rounding(double number) {
  const auto nearest = static_cast<float>(number);
  if (static_cast<double>(nearest) == number || !std::isfinite(nearest)) return nearest;
  const float below = std::abs(static_cast<double>(nearest)) > std::abs(number)
                          ? std::nextafter(nearest, 0.0F)
                          : nearest;
  return std::bit_cast<float>(std::bit_cast<uint32_t>(below) | 1U);
}

/// Converts one number. To an integer: from integers by wrapping, from floating types by cutting
/// the fraction, saturating, and not-a-number becomes 0. To a floating type: to nearest even.
template <class To, class From>
To convert_element(From from) {
  if constexpr (std::is_same_v<To, From>) {
    return from;
  } else if constexpr (is_half_float<From>) {
    return convert_element<To>(static_cast<float>(from));
  } else if constexpr (is_half_float<To>) {
    if constexpr (std::is_same_v<From, float>)
      return static_cast<To>(from);
    else
      return static_cast<To>(narrowed_for_rounding(static_cast<double>(from)));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (std::isnan(from)) return To{0};
    // The limits as From may round up to the next power of two, which is outside already.
    if (from >= static_cast<From>(std::numeric_limits<To>::max()))
      return std::numeric_limits<To>::max();
    if (from <= static_cast<From>(std::numeric_limits<To>::min()))
      return std::numeric_limits<To>::min();
    return static_cast<To>(from);
  } else {
    return static_cast<To>(from);
  }
}

}  // namespace ortopt
