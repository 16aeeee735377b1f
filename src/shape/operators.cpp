#include <string_view>
#include <unordered_map>

#include "shape/rules.h"

namespace ortopt::shape {
namespace {

using Table = std::unordered_map<std::string_view, Operator>;
using enum TypeFrom;

void add(Table& table, std::initializer_list<std::string_view> names, const Operator& known) {
  for (const std::string_view name : names) table.emplace(name, known);
}

void add_moves(Table& table) {
  const auto view = [&](std::string_view name, Rule rule, TypeFrom type = input_0) {
    table.emplace(name, Operator{rule, type, Marks::carry});
  };
  view("Identity", identity);
  view("Dropout", dropout);
  view("Cast", cast, attribute_to);
  view("CastLike", cast, input_1);
  view("Transpose", transpose);
  view("Unsqueeze", unsqueeze);
  view("Squeeze", squeeze);
  view("Flatten", flatten);
  view("Reshape", reshape);
  view("Expand", expand);
  view("Slice", slice);
  view("Concat", concat);
  table.emplace("Tile", Operator{tile, input_0});
  table.emplace("Shape", Operator{shape_of, int64});
  table.emplace("Size", Operator{size_of_input, int64});
  table.emplace("ConstantOfShape", Operator{constant_of_shape});
  table.emplace("Range", Operator{range, input_0});
  table.emplace("OneHot", Operator{one_hot, input_2});
  table.emplace("Split", Operator{split, input_0});
  table.emplace("SplitToSequence", Operator{split_to_sequence});
  table.emplace("SequenceAt", Operator{sequence_at});
  table.emplace("ConcatFromSequence", Operator{concat_from_sequence});
  table.emplace("Gather", Operator{gather, input_0});
  table.emplace("GatherND", Operator{gather_nd, input_0});
  table.emplace("GatherElements", Operator{like_second, input_0});
}

void add_arithmetic(Table& table) {
  const Operator same{elementwise, input_0, Marks::carry};
  const Operator truth{elementwise, boolean, Marks::carry};
  add(table, {"Add",         "Sub",        "Mul",       "Div",
              "Pow",         "Max",        "Min",       "Neg",
              "Erf",         "Tanh",       "Sqrt",      "Reciprocal",
              "Exp",         "Log",        "Sigmoid",   "Relu",
              "Gelu",        "Abs",        "Sign",      "Ceil",
              "Floor",       "Clip",       "Cos",       "Sin",
              "Mod",         "Round",      "Softplus",  "Elu",
              "PRelu",       "BitwiseAnd", "BitwiseOr", "BitwiseXor",
              "BitwiseNot",  "BitShift",   "Sum",       "Mean",
              "HardSigmoid", "HardSwish",  "LeakyRelu", "Selu",
              "Celu",        "Softsign",   "Tan",       "Asin",
              "Acos",        "Atan",       "Sinh",      "Cosh",
              "Asinh",       "Acosh",      "Atanh",     "ThresholdedRelu",
              "Mish",        "Shrink"},
      same);
  add(table,
      {"Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor", "Not",
       "IsNaN", "IsInf"},
      truth);
  table.emplace("Where", Operator{elementwise, input_1, Marks::carry});
  add(table,
      {"LayerNormalization", "SimplifiedLayerNormalization", "RMSNormalization", "CumSum", "Trilu",
       "RotaryEmbedding", "ScatterND", "ScatterElements", "BatchNormalization",
       "InstanceNormalization", "GroupNormalization", "LpNormalization", "LogSoftmax", "Hardmax",
       "ReverseSequence"},
      {first_input, input_0});
  table.emplace("Softmax", Operator{softmax, input_0});
  add(table,
      {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
       "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"},
      {reduce, input_0});
  add(table, {"ArgMax", "ArgMin"}, {arg_reduce, int64});
  add(table, {"GlobalAveragePool", "GlobalMaxPool"}, {global_pool, input_0});
  table.emplace("MatMul", Operator{matmul, input_0});
  table.emplace("Gemm", Operator{gemm, input_0});
  table.emplace("Einsum", Operator{einsum, input_0});
  table.emplace("Conv", Operator{convolution, input_0});
  table.emplace("Attention", Operator{attention, input_0});
  table.emplace("If", Operator{if_then_else});
  table.emplace("Loop", Operator{loop});
  table.emplace("Scan", Operator{scan});
}

const Table& standard() {
  static const Table table = [] {
    Table made;
    add_moves(made);
    add_arithmetic(made);
    return made;
  }();
  return table;
}

const Table& contrib() {
  static const Table table = [] {
    Table made;
    const Operator same{first_input, input_0};
    add(made,
        {"RotaryEmbedding", "GemmaRotaryEmbedding", "MRotaryEmbedding", "GroupNorm", "BiasAdd"},
        same);
    add(made, {"Gelu", "FastGelu", "QuickGelu", "BiasGelu"}, {elementwise, input_0, Marks::carry});
    add(made, {"SkipLayerNormalization", "SkipSimplifiedLayerNormalization"}, {skip_norm, input_0});
    made.emplace("EmbedLayerNormalization", Operator{embed_layer_norm, input_2});
    made.emplace("Attention", Operator{contrib_attention, input_0});
    made.emplace("MultiHeadAttention", Operator{contrib_multi_head_attention, input_0});
    made.emplace("GroupQueryAttention", Operator{contrib_query_attention, input_0});
    add(made, {"LongformerAttention", "PackedAttention"}, same);
    add(made, {"FusedMatMul", "TransposeMatMul", "GemmFastGelu"}, {contrib_projection, input_0});
    return made;
  }();
  return table;
}

/// What the runtime makes of convolutions for the processor at hand: channels in blocks.
const Table& blocked() {
  static const Table table = {{"Conv", Operator{convolution, input_0}},
                              {"ReorderOutput", Operator{reorder_output, input_0}}};
  return table;
}

const Table* table_of(std::string_view domain) {
  if (domain.empty()) return &standard();
  if (domain == "com.microsoft") return &contrib();
  return domain == "com.microsoft.nchwc" ? &blocked() : nullptr;
}

}  // namespace

const Operator* find_operator(const Node& node) {
  const Table* table = table_of(node.domain());
  if (table == nullptr) return nullptr;
  const auto found = table->find(node.op());
  return found == table->end() ? nullptr : &found->second;
}

}  // namespace ortopt::shape
