#include "ortopt/pass/facts.h"

#include <algorithm>

namespace ortopt {

void Facts::assume(const std::string& pass, const std::string& text) {
  const bool known = std::ranges::any_of(
      assumptions, [&](const AssumedFact& fact) { return fact.pass == pass && fact.text == text; });
  if (!known) assumptions.push_back({pass, text});
}

}  // namespace ortopt
