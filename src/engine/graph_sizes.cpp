#include "engine/graph_sizes.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "ortopt/ir/node.h"

namespace ortopt {
namespace {

std::vector<std::pair<int64_t, int64_t>> most_frequent_reshapes(const Graph& graph) {
  std::map<std::pair<int64_t, int64_t>, int> counts;
  for (const Node& node : graph.nodes()) {
    if (!node.is("Reshape") || node.input(1) == nullptr) continue;
    const Tensor* shape = node.input(1)->initializer();
    if (shape == nullptr || !shape->is_small()) continue;
    const Result<std::vector<int64_t>> sizes = shape->int64s();
    if (sizes && sizes->size() > 2 && (*sizes)[0] > 0 && (*sizes)[1] > 0)
      ++counts[{(*sizes)[0], (*sizes)[1]}];
  }
  std::vector<std::pair<int64_t, int64_t>> out;
  for (const auto& [sizes, count] : counts) out.push_back(sizes);
  std::ranges::stable_sort(
      out, [&](const auto& a, const auto& b) { return counts.at(a) > counts.at(b); });
  constexpr std::size_t enough = 6;
  if (out.size() > enough) out.resize(enough);
  return out;
}

/// Whether a constant is added to something or rows of it are picked, as is done with tables.
bool is_table(const Value& constant) {
  return std::ranges::any_of(constant.uses(), [](const Use& use) {
    return use.node->is("Add") || use.node->is("Gather") || use.node->is("Slice");
  });
}

/// A table of positions has one row for each patch of an image, and often one more; or one for each
/// pair of frames of sound.
std::vector<int64_t> extents_of_tables(const Graph& graph, int64_t kernel) {
  std::vector<int64_t> out;
  const auto add = [&](int64_t extent) {
    if (std::ranges::find(out, extent) == out.end()) out.push_back(extent);
  };
  for (const Value* table : graph.initializers()) {
    const std::vector<int64_t>& dims = table->initializer()->dims();
    if (dims.size() != 2 && (dims.size() != 3 || dims[0] != 1)) continue;
    if (!is_table(*table)) continue;
    const int64_t rows = dims[dims.size() - 2];
    for (const int64_t patches : {rows, rows - 1}) {
      const auto side =
          static_cast<int64_t>(std::llround(std::sqrt(std::max<int64_t>(patches, 0))));
      if (side > 1 && side * side == patches) add(side * kernel);
    }
    add(2 * rows);
  }
  for (const int64_t usual : {224, 64, 400, 3000, 16000}) add(usual);
  constexpr std::size_t enough = 24;
  if (out.size() > enough) out.resize(enough);
  return out;
}

}  // namespace

GraphSizes find_graph_sizes(const Graph& graph, const std::vector<InputFacts>& inputs) {
  GraphSizes sizes;
  sizes.reshaped_to = most_frequent_reshapes(graph);
  for (const InputFacts& input : inputs)
    if (input.evidence.is_convolved)
      sizes.extents = extents_of_tables(graph, input.evidence.kernel.value_or(1));
  return sizes;
}

}  // namespace ortopt
