#pragma once

#include <cstdint>
#include <span>

#include "ortopt/ir/type.h"
#include "ortopt/precision/options.h"

namespace ortopt {

/// How many numbers had to be brought into the range.
struct Clamped {
  uint64_t too_large = 0;
  uint64_t too_small = 0;
};

/// Brings each number into `range` (the bounds as float32) and rounds it to nearest even; `type` is
/// float16 or bfloat16. Uses the processor's own conversion where it has one.
Clamped to_halves(std::span<const float> numbers, std::span<uint16_t> halves, DataType type,
                  const HalfRange& range);

/// The same, number by number, on any processor.
Clamped to_halves_portably(std::span<const float> numbers, std::span<uint16_t> halves,
                           DataType type, const HalfRange& range);

}  // namespace ortopt
