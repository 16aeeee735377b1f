#include "precision/half_numbers.h"

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ortopt {
namespace {

/// The bounds as they are compared.
struct Bounds {
  explicit Bounds(const HalfRange& range)
      : smallest(static_cast<float>(range.min_positive)),
        largest(static_cast<float>(range.max_finite)) {}
  float smallest;
  float largest;
};

float clamped(float number, const Bounds& bounds, Clamped& count) {
  const float magnitude = std::abs(number);
  if (magnitude > bounds.largest && magnitude < std::numeric_limits<float>::infinity()) {
    ++count.too_large;
    return std::copysign(bounds.largest, number);
  }
  if (magnitude > 0 && magnitude < bounds.smallest) {
    ++count.too_small;
    return std::copysign(bounds.smallest, number);
  }
  return number;
}

template <class Half>
Clamped convert(std::span<const float> numbers, std::span<uint16_t> halves, const Bounds& bounds) {
  Clamped count;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    halves[i] = std::bit_cast<uint16_t>(static_cast<Half>(clamped(numbers[i], bounds, count)));
  return count;
}

#if defined(__x86_64__)

constexpr std::size_t lanes = 8;

[[gnu::target("avx2,f16c,popcnt")]] uint64_t count_of(__m256 mask) {
  return static_cast<uint64_t>(__builtin_popcount(static_cast<unsigned>(_mm256_movemask_ps(mask))));
}

[[gnu::target("avx2,f16c,popcnt")]] __m256 clamped(__m256 numbers, const Bounds& bounds,
                                                   Clamped& count) {
  const __m256 sign = _mm256_and_ps(numbers, _mm256_set1_ps(-0.0F));
  const __m256 magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0F), numbers);
  const __m256 largest = _mm256_set1_ps(bounds.largest);
  const __m256 smallest = _mm256_set1_ps(bounds.smallest);
  const __m256 infinity = _mm256_set1_ps(std::numeric_limits<float>::infinity());
  const __m256 too_large = _mm256_and_ps(_mm256_cmp_ps(magnitude, largest, _CMP_GT_OQ),
                                         _mm256_cmp_ps(magnitude, infinity, _CMP_LT_OQ));
  const __m256 too_small = _mm256_and_ps(_mm256_cmp_ps(magnitude, _mm256_setzero_ps(), _CMP_GT_OQ),
                                         _mm256_cmp_ps(magnitude, smallest, _CMP_LT_OQ));
  if (_mm256_testz_ps(_mm256_or_ps(too_large, too_small), _mm256_or_ps(too_large, too_small)) != 0)
    return numbers;
  count.too_large += count_of(too_large);
  count.too_small += count_of(too_small);
  numbers = _mm256_blendv_ps(numbers, _mm256_or_ps(largest, sign), too_large);
  return _mm256_blendv_ps(numbers, _mm256_or_ps(smallest, sign), too_small);
}

/// As many numbers as fill whole vectors.
[[gnu::target("avx2,f16c,popcnt")]] Clamped convert_vectors(std::span<const float> numbers,
                                                            std::span<uint16_t> halves,
                                                            const Bounds& bounds) {
  Clamped count;
  for (std::size_t i = 0; i + lanes <= numbers.size(); i += lanes) {
    const __m256 fitting = clamped(_mm256_loadu_ps(numbers.data() + i), bounds, count);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(halves.data() + i),
                     _mm256_cvtps_ph(fitting, _MM_FROUND_TO_NEAREST_INT));
  }
  return count;
}

bool has_conversion() {
  static const bool has =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("f16c") != 0;
  return has;
}

#endif

Clamped to_float16(std::span<const float> numbers, std::span<uint16_t> halves,
                   const Bounds& bounds) {
#if defined(__x86_64__)
  if (has_conversion()) {
    const std::size_t whole = numbers.size() / lanes * lanes;
    Clamped count = convert_vectors(numbers.first(whole), halves.first(whole), bounds);
    const Clamped rest =
        convert<Eigen::half>(numbers.subspan(whole), halves.subspan(whole), bounds);
    return {count.too_large + rest.too_large, count.too_small + rest.too_small};
  }
#endif
  return convert<Eigen::half>(numbers, halves, bounds);
}

}  // namespace

Clamped to_halves(std::span<const float> numbers, std::span<uint16_t> halves, DataType type,
                  const HalfRange& range) {
  if (type == DataType::float16) return to_float16(numbers, halves, Bounds(range));
  return to_halves_portably(numbers, halves, type, range);
}

Clamped to_halves_portably(std::span<const float> numbers, std::span<uint16_t> halves,
                           DataType type, const HalfRange& range) {
  return type == DataType::float16 ? convert<Eigen::half>(numbers, halves, Bounds(range))
                                   : convert<Eigen::bfloat16>(numbers, halves, Bounds(range));
}

}  // namespace ortopt
