#include "ortopt/precision/mark.h"
#include "precision/marks.h"

namespace ortopt {

std::vector<std::unique_ptr<MarkPass>> make_mark_passes() {
  std::vector<std::unique_ptr<MarkPass>> passes;
  passes.push_back(std::make_unique<Requested>());
  return passes;
}

}  // namespace ortopt
