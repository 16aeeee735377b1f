#include <algorithm>
#include <string>

#include "shape/knowledge.h"

// A convolution divides a length by its stride, and a graph computes the same length from the
// input's with Div, in other steps: ⌊(⌊s/5⌋ − 6)/4⌋ where the two convolutions make
// ⌊(⌊(s − 10)/5⌋ + 1 − 5)/4⌋.

namespace ortopt::shape {
namespace {

/// Beyond this, nothing more is remembered: each division is compared with all others.
constexpr std::size_t most_divisions = 256;

}  // namespace

void Knowledge::add_once(std::vector<Division>& divisions, const Division& division) {
  if (divisions.size() < most_divisions &&
      std::ranges::find(divisions, division) == divisions.end())
    divisions.push_back(division);
}

void Knowledge::add_length(const Dim& numerator, int64_t divisor, const Dim& value) {
  // ⌊(⌊a / m⌋ + c) / n⌋ = ⌊(a + m·c) / (m·n)⌋
  std::vector<Division> made = {{numerator, divisor, value}};
  for (const Division& inner : lengths_) {
    const auto more = (numerator - resolved(inner.value)).constant();
    int64_t both = 0;
    if (!more || __builtin_mul_overflow(inner.divisor, divisor, &both)) continue;
    made.push_back({inner.numerator + Dim(inner.divisor) * Dim(*more), both, value});
  }
  for (const Division& length : made) add_once(lengths_, length);
  join_divisions();
}

Dim Knowledge::settled_quotient(const Dim& numerator, const Dim& divisor, const Dim& result) {
  const auto number = divisor.constant();
  if (!number || *number < 2 || !result.as_symbol()) return result;
  add_once(quotients_, {numerator, *number, result});
  join_divisions();
  return resolved(result);
}

std::optional<Dim> Knowledge::length_of(const Division& quotient) const {
  const Dim numerator = resolved(quotient.numerator);
  for (const Division& length : lengths_) {
    if (length.divisor != quotient.divisor) continue;
    const auto exact = (numerator - resolved(length.numerator)).divided_by(quotient.divisor);
    const auto more = exact ? exact->constant() : std::nullopt;
    // Cut towards zero is rounded down from 0 on; a length's own numerator is.
    if (more && (*more >= 0 || numerator.is_nonnegative() == true))
      return resolved(length.value) + Dim(*more);
  }
  return std::nullopt;
}

void Knowledge::join_divisions() {
  // One that is replaced may make the numerator of another that of a length.
  for (bool changed = true; changed;) {
    changed = false;
    for (const Division& quotient : quotients_) {
      const std::string symbol(*quotient.value.as_symbol());
      const auto length = substitutions_.contains(symbol) ? std::nullopt : length_of(quotient);
      if (!length || length->mentions(symbol)) continue;
      substitute(symbol, *length);
      changed = true;
    }
  }
}

}  // namespace ortopt::shape
