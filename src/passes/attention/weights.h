#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ortopt/ir/tensor.h"
#include "ortopt/passes/attention/sdpa.h"

namespace ortopt::attention {

/// A constant for a fused operator: a value that the graph has already, or content under a name.
struct Constant {
  Value* existing = nullptr;
  Tensor content;
  std::string name;
};

/// Weight and bias of queries, keys and values side by side, each of them heads outermost:
/// [inputs, heads · head_size + heads · head_size + heads · value_size].
struct PackedProjection {
  Constant weight;
  Constant bias;
};

/// The columns of an operand's projection, heads outermost: column(h, e) = offset + h · stride +
/// e · stride. Refused when they are no numbers.
[[nodiscard]] Recognised<std::vector<int64_t>> columns_of(const Operand& operand,
                                                          const Analysis& facts);

/// The bias of an operand as one vector over `columns`: the first `count` bias terms, divided by
/// `scale`. An empty tensor when there is none. Refused when a term is different for different
/// positions.
[[nodiscard]] Recognised<Tensor> bias_of(const Operand& operand,
                                         const std::vector<int64_t>& columns, std::size_t count,
                                         double scale, const Analysis& facts);

/// Packs the projections of a self-attention. Bias is always there: the runtime's kernel needs one.
[[nodiscard]] Recognised<PackedProjection> packed_projection(const Sdpa& sdpa,
                                                             const Analysis& facts);

/// Biases of three operands side by side, zeros for those that have none.
[[nodiscard]] Tensor joined_biases(std::vector<Tensor> biases, const std::vector<int64_t>& sizes,
                                   DataType type);

}  // namespace ortopt::attention
