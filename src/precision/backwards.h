#pragma once

#include <string_view>

#include "ortopt/precision/mark.h"

namespace ortopt {

/// Marks the elementwise float32 arithmetic that `value` comes from, through moves and Casts, up to
/// what is no such arithmetic.
void keep_arithmetic_before(const Value& value, const Analysis& facts, std::string_view pass,
                            std::string_view reason, Marks& marks);

}  // namespace ortopt
