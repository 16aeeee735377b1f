#include "passes/widening.h"

#include <algorithm>

namespace ortopt {

bool casts_widen_only(const pattern::Match& match, DataType type) {
  return std::ranges::all_of(match.inside(), [&](const Node* node) {
    if (!node->is("Cast")) return true;
    const DataType to = match.facts().dtype(*node->output());
    return to == type || to == DataType::float32 || to == DataType::float64;
  });
}

}  // namespace ortopt
