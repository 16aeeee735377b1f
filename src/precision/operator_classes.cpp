#include "precision/operator_classes.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace ortopt {
namespace {

using Names = std::set<std::string_view>;

bool is_one_of(const Node& node, const Names& names) {
  return node.domain().empty() && names.contains(node.op());
}

}  // namespace

bool is_move(const Node& node) {
  static const Names names = {"Concat",    "DepthToSpace", "Dropout",        "Expand",   "Flatten",
                              "Gather",    "GatherND",     "GatherElements", "Identity", "Reshape",
                              "Slice",     "SpaceToDepth", "Split",          "Squeeze",  "Tile",
                              "Transpose", "Trilu",        "Unsqueeze"};
  return is_one_of(node, names);
}

bool is_elementwise(const Node& node) {
  static const Names names = {"Abs", "Add",  "Ceil",       "Clip",  "Div",     "Exp",  "Floor",
                              "Log", "Max",  "Mean",       "Min",   "Mod",     "Mul",  "Neg",
                              "Pow", "Relu", "Reciprocal", "Round", "Sigmoid", "Sign", "Sqrt",
                              "Sub", "Sum",  "Tanh",       "Where", "Cos",     "Sin",  "Tan"};
  return is_one_of(node, names);
}

bool is_comparison(const Node& node) {
  static const Names names = {"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"};
  return is_one_of(node, names);
}

bool is_sum(const Node& node) {
  static const Names names = {"CumSum",       "GlobalAveragePool", "ReduceL1",
                              "ReduceLogSum", "ReduceMean",        "ReduceSum"};
  return is_one_of(node, names) || is_sum_of_squares(node);
}

bool is_sum_of_squares(const Node& node) {
  static const Names names = {"GlobalLpPool", "LpNormalization", "LpPool",
                              "ReduceL2",     "ReduceSumSquare", "MeanVarianceNormalization"};
  return is_one_of(node, names);
}

bool is_float32(const Value* value, const Analysis& facts) {
  return value != nullptr && facts.dtype(*value) == DataType::float32;
}

bool makes_float32(const Node& node, const Analysis& facts) {
  return std::ranges::any_of(node.outputs(),
                             [&](const Value* output) { return is_float32(output, facts); });
}

}  // namespace ortopt
