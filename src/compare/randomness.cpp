#include "compare/randomness.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ortopt {
namespace {

const Node* drawing_node(const Graph& graph) {
  constexpr std::array<std::string_view, 6> draw = {"RandomNormal",     "RandomUniform",
                                                    "RandomNormalLike", "RandomUniformLike",
                                                    "Bernoulli",        "Multinomial"};
  for (const Node& node : graph.nodes()) {
    if (std::ranges::any_of(draw, [&](std::string_view op) { return node.is(op); })) return &node;
    for (const auto& [name, nested] : node.graphs())
      if (const Node* found = drawing_node(*nested)) return found;
  }
  return nullptr;
}

bool same_bytes(const Tensor& one, const Tensor& other) {
  const Result<Tensor::Bytes> before = one.bytes();
  const Result<Tensor::Bytes> after = other.bytes();
  return before && after && **before == **after;
}

}  // namespace

std::optional<std::string> find_randomness(const Graph& graph, const std::vector<CaseRun>& runs,
                                           Session& session) {
  const Node* node = drawing_node(graph);
  if (node == nullptr || runs.empty()) return std::nullopt;
  const CaseRun& first = runs.front();
  const Result<std::vector<NamedTensor>> again = session.run(first.feeds);
  if (again && std::ranges::equal(first.outputs, *again, [](const auto& one, const auto& other) {
        return same_bytes(one.tensor, other.tensor);
      }))
    return std::nullopt;
  return "the original gives something else every time: '" + node->label() +
         "' draws random numbers";
}

}  // namespace ortopt
