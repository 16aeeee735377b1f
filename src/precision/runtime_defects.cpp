#include <algorithm>
#include <cstdint>
#include <vector>

#include "precision/marks.h"

namespace ortopt {
namespace {

/// [1, 0, 2], [1, 2, 0], [1, 2, 0, 3], …: the first dimension goes to the last place, or to the one
/// before.
bool moves_first_dimension_back(const Node& node) {
  const auto perm = node.ints_attribute("perm");
  if (!node.is("Transpose") || !perm || perm->size() < 3) return false;
  std::vector<int64_t> last;
  for (int64_t k = 1; k < static_cast<int64_t>(perm->size()); ++k) last.push_back(k);
  std::vector<int64_t> before_last = last;
  last.push_back(0);
  before_last.insert(before_last.end() - 1, 0);
  return *perm == last || *perm == before_last;
}

bool is_read_by_product(const Value& value) {
  return std::ranges::any_of(value.uses(), [](const Use& use) {
    if (use.node->is("Cast")) return is_read_by_product(*use.node->output());
    return use.node->is("MatMul") || use.node->op() == "FusedMatMul";
  });
}

}  // namespace

// MatMulTransposeFusion puts a transposition of the batch into the product. On CPU in float16 the
// process dies of it (seen in 1.23.2 and 1.31.1, not in 1.20.1 to 1.22.1). The fusion leaves a
// float32 Transpose that is followed by a Cast alone.
void RuntimeDefects::run(const MarkScope& scope, Marks& marks) const {
  if (scope.target.provider() == Target::Provider::cuda) return;
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes())
      if (moves_first_dimension_back(node) && is_read_by_product(*node.output()))
        marks.keep(node, id(),
                   "ONNX Runtime from 1.23 on crashes on it before a product in float16 on CPU");
  });
}

}  // namespace ortopt
