#include "ortopt/compare/tolerance.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <unordered_map>

#include "ortopt/ir/graph.h"

namespace ortopt {
namespace {

/// For float32 outputs. In real exports what rounding and another order of sums make of them stays
/// two orders of magnitude below.
constexpr double usual = 2e-4;

/// About the ratio of the roundings, and a reserve less because sums are kept in float32.
double factor_of(DataType coarsest) {
  if (coarsest == DataType::bfloat16) return 400;
  if (coarsest == DataType::float16) return 50;
  return 1;
}

/// The depth from which on half floats are allowed more: a model of two layers.
constexpr double usual_depth = 12;

/// The products that one node stands for.
int64_t products_of(const Node& node) {
  static const std::map<std::string_view, int64_t> products = {{"Attention", 3},
                                                               {"Conv", 1},
                                                               {"ConvTranspose", 1},
                                                               {"Einsum", 1},
                                                               {"FusedConv", 1},
                                                               {"FusedGemm", 1},
                                                               {"FusedMatMul", 1},
                                                               {"GRU", 2},
                                                               {"Gemm", 1},
                                                               {"GemmFastGelu", 1},
                                                               {"LSTM", 2},
                                                               {"GroupQueryAttention", 2},
                                                               {"MatMul", 1},
                                                               {"MatMulNBits", 1},
                                                               {"MultiHeadAttention", 2},
                                                               {"LongformerAttention", 3},
                                                               {"PackedAttention", 3},
                                                               {"RNN", 2}};
  const auto found = products.find(node.op());
  return found == products.end() ? 0 : found->second;
}

/// Walks a graph and those nested in it in order.
class DepthFinder {
 public:
  int64_t depth_of(const Graph& graph) {
    int64_t deepest = 0;
    for (const Node& node : graph.nodes()) {
      int64_t depth = products_of(node);
      for (const auto& [name, nested] : node.graphs()) depth = std::max(depth, depth_of(*nested));
      int64_t before = 0;
      for (const Value* input : node.inputs())
        if (const auto known = depths_.find(input); known != depths_.end())
          before = std::max(before, known->second);
      for (const Value* output : node.outputs()) depths_[output] = before + depth;
      deepest = std::max(deepest, before + depth);
    }
    return deepest;
  }

 private:
  std::unordered_map<const Value*, int64_t> depths_;
};

}  // namespace

double Tolerance::allowed(double expected, double root_mean_square) const {
  if (!std::isfinite(expected)) return absolute;
  return std::max({absolute, relative * std::abs(expected), spread * root_mean_square});
}

void Rounding::add(const Graph& graph) {
  for (const Value* constant : graph.initializers())
    if (!constant->initializer()->dims().empty())
      coarsest = coarser(coarsest, constant->initializer()->dtype());
  depth = std::max(depth, DepthFinder().depth_of(graph));
}

DataType coarser(DataType one, DataType two) {
  for (const DataType half : {DataType::bfloat16, DataType::float16})
    if (one == half || two == half) return half;
  return DataType::float32;
}

Tolerance tolerance_for(DataType output, const Rounding& rounding,
                        const ToleranceRequest& request) {
  if (!is_floating(output)) return {};
  const DataType coarsest = coarser(output, rounding.coarsest);
  double own = usual * factor_of(coarsest);
  if (coarsest == DataType::float32 || request.absolute || request.relative)
    return {request.absolute.value_or(own), request.relative.value_or(own)};
  own *= std::sqrt(std::max(1.0, static_cast<double>(rounding.depth) / usual_depth));
  return {.absolute = own, .relative = own, .spread = 2 * own, .norm = own};
}

std::optional<Tolerance> tolerance_for_unsteady(DataType output, double unsteadiness) {
  // The result rounds in other places, and in more of them, than what was measured.
  constexpr double reserve = 4;
  const double norm = std::max(usual, reserve * unsteadiness);
  if (norm > usual * factor_of(DataType::float16)) return std::nullopt;
  Tolerance tolerance = tolerance_for(output, {});
  tolerance.norm = norm;
  tolerance.spread = 2 * norm;
  return tolerance;
}

}  // namespace ortopt
