#include "ir/topological_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ortopt {
namespace {

enum class State : uint8_t { untouched, open, done };

struct Frame {
  int item;
  std::size_t next = 0;
};

std::vector<int> circle_from(const std::vector<Frame>& stack, int start) {
  std::vector<int> circle;
  auto frame =
      std::find_if(stack.begin(), stack.end(), [&](const Frame& it) { return it.item == start; });
  for (; frame != stack.end(); ++frame) circle.push_back(frame->item);
  return circle;
}

}  // namespace

bool is_ordered(const Needs& needs) {
  for (std::size_t k = 0; k < needs.size(); ++k)
    for (const int need : needs[k])
      if (need >= static_cast<int>(k)) return false;
  return true;
}

TopologicalOrder topological_order(const Needs& needs) {
  TopologicalOrder result;
  result.order.reserve(needs.size());
  std::vector<State> states(needs.size(), State::untouched);
  std::vector<Frame> stack;
  for (std::size_t root = 0; root < needs.size(); ++root) {
    if (states[root] != State::untouched) continue;
    states[root] = State::open;
    stack.push_back({static_cast<int>(root)});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const auto& wanted = needs[static_cast<std::size_t>(frame.item)];
      if (frame.next == wanted.size()) {
        states[static_cast<std::size_t>(frame.item)] = State::done;
        result.order.push_back(frame.item);
        stack.pop_back();
        continue;
      }
      const int need = wanted[frame.next++];
      State& state = states[static_cast<std::size_t>(need)];
      if (state == State::done) continue;
      if (state == State::open) return {{}, circle_from(stack, need)};
      state = State::open;
      stack.push_back({need});
    }
  }
  return result;
}

}  // namespace ortopt
