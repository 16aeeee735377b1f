#pragma once

#include <string_view>

#include "ortopt/ir/node.h"
#include "shape/step.h"

namespace ortopt::shape {

/// What an operator does to layouts and content.
using Rule = void (*)(Step&);

/// Where the element type of an operator's first output comes from.
enum class TypeFrom {
  inference,  ///< ONNX's own schema.
  input_0,
  input_1,
  input_2,
  boolean,
  int64,
  attribute_to,
};

/// Whether scores and probabilities keep their names through an operator.
enum class Marks { drop, carry };

struct Operator {
  Rule rule = nullptr;
  TypeFrom type = TypeFrom::inference;
  Marks marks = Marks::drop;
};

/// The rule of a node's operator, or null when plain inference is all there is.
[[nodiscard]] const Operator* find_operator(const Node& node);

/// The numerator `e` of Div(e, ReduceSum(e)) with e = Exp(·), a softmax in pieces; null otherwise.
[[nodiscard]] const Value* softmax_numerator(const Node& node);

// Moves: views.cpp, reshape.cpp.
void identity(Step& step);
void cast(Step& step);
void dropout(Step& step);
void transpose(Step& step);
void unsqueeze(Step& step);
void squeeze(Step& step);
void flatten(Step& step);
void reshape(Step& step);

// Copies and ranges: creation.cpp.
void shape_of(Step& step);
void size_of_input(Step& step);
void expand(Step& step);
void tile(Step& step);
void constant_of_shape(Step& step);
void range(Step& step);
void one_hot(Step& step);

// Parts and joins: slice.cpp, gather.cpp, concat.cpp.
void slice(Step& step);
void split(Step& step);
void split_to_sequence(Step& step);
void sequence_at(Step& step);
void gather(Step& step);
void gather_nd(Step& step);
void like_second(Step& step);
void concat(Step& step);
void concat_from_sequence(Step& step);

// Arithmetic: elementwise.cpp, reduce.cpp.
void elementwise(Step& step);
void first_input(Step& step);
void softmax(Step& step);
void reduce(Step& step);
void arg_reduce(Step& step);
void global_pool(Step& step);

// Products: products.cpp, einsum.cpp, convolution.cpp, attention.cpp.
void matmul(Step& step);
void gemm(Step& step);
void einsum(Step& step);
void convolution(Step& step);
void reorder_output(Step& step);
void attention(Step& step);
void contrib_attention(Step& step);
void contrib_multi_head_attention(Step& step);
void contrib_query_attention(Step& step);

// com.microsoft: contrib.cpp.
void skip_norm(Step& step);
void embed_layer_norm(Step& step);
void contrib_projection(Step& step);

// Nested graphs: control_flow.cpp.
void if_then_else(Step& step);
void loop(Step& step);
void scan(Step& step);

}  // namespace ortopt::shape
