#include "ortopt/pass/facts.h"

#include <algorithm>

namespace ortopt {

void Facts::assume(const std::string& pass, const std::string& text) {
  const bool known = std::ranges::any_of(
      assumptions, [&](const AssumedFact& fact) { return fact.pass == pass && fact.text == text; });
  if (!known) assumptions.push_back({pass, text});
}

void ClampCount::add(uint64_t elements, uint64_t too_large, uint64_t too_small) {
  counted_ += elements;
  too_large_ += too_large;
  too_small_ += too_small;
}

}  // namespace ortopt
