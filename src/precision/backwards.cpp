#include "precision/backwards.h"

#include <unordered_set>
#include <vector>

#include "precision/operator_classes.h"

namespace ortopt {

void keep_arithmetic_before(const Value& value, const Analysis& facts, std::string_view pass,
                            std::string_view reason, Marks& marks) {
  std::vector<const Value*> pending = {&value};
  std::unordered_set<const Value*> seen;
  while (!pending.empty()) {
    const Value* next = pending.back();
    pending.pop_back();
    if (!is_float32(next, facts) || !seen.insert(next).second) continue;
    const Node* producer = next->producer();
    if (producer == nullptr) continue;
    if (!is_elementwise(*producer) && !is_move(*producer) && !producer->is("Cast")) continue;
    marks.keep(*producer, pass, reason);
    for (const Value* input : producer->inputs())
      if (input != nullptr) pending.push_back(input);
  }
}

}  // namespace ortopt
