#include <algorithm>
#include <iterator>
#include <string_view>

#include "precision/marks.h"

namespace ortopt {
namespace {

/// Seen in ONNX Runtime 1.20 to 1.31: "could not find an implementation for".
constexpr std::string_view without_kernel[] = {
    "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli",
    "EyeLike",      "HannWindow",    "HammingWindow",    "BlackmanWindow",    "MelWeightMatrix",
};

}  // namespace

void NoHalfKernel::run(const MarkScope& scope, Marks& marks) const {
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes())
      if (node.domain().empty() &&
          std::ranges::find(without_kernel, node.op()) != std::end(without_kernel))
        marks.keep(node, id(), "the runtime has no half-precision kernel for it");
  });
}

}  // namespace ortopt
