#include "ortopt/precision/mark.h"

namespace ortopt {

void Marks::keep(const Node& node, std::string_view pass, std::string_view reason) {
  marks_.try_emplace(&node, Mark{pass, std::string(reason)});
}

const Mark* Marks::find(const Node& node) const {
  const auto found = marks_.find(&node);
  return found == marks_.end() ? nullptr : &found->second;
}

}  // namespace ortopt
