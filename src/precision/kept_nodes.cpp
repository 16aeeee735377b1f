#include "precision/kept_nodes.h"

#include "precision/align.h"

namespace ortopt {

Marks find_kept_nodes(const MarkScope& scope, const FloatSlots& slots) {
  Marks marks;
  for (const auto& pass : make_mark_passes()) pass->run(scope, marks);
  align(scope.graph, slots, scope.options, marks);
  return marks;
}

}  // namespace ortopt
