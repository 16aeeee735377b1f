#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace ortopt {

/// Random numbers that are the same on every machine (SplitMix64).
class Random {
 public:
  /// A sequence of its own for each pair of arguments.
  Random(uint64_t seed, std::string_view purpose) : state_(seed * 0x9E3779B97F4A7C15ULL) {
    for (const char c : purpose)
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }

  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31U);
  }
  /// One of `first` … `last`.
  int64_t between(int64_t first, int64_t last) {
    const auto count = static_cast<uint64_t>(last - first) + 1;
    return first + static_cast<int64_t>(next() % count);
  }
  /// Normally distributed: mean 0, deviation 1.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - unit()));
    return radius * std::cos(2 * std::numbers::pi * unit());
  }

 private:
  double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  uint64_t state_;
};

}  // namespace ortopt
