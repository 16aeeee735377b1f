#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ortopt/pass/pass.h"
#include "ortopt/precision/options.h"

namespace ortopt {

/// Where a model tells how large the numbers of one place become.
struct Gauge {
  std::string what;     ///< "its input", "the bound of its scores".
  std::string largest;  ///< The output with the largest magnitude there short of a fill, a scalar.
};

/// A node that a conversion would have compute in half precision, and what it computes with.
struct GaugedNode {
  std::string node;                  ///< Label.
  std::string op;                    ///< With its domain.
  std::vector<std::string> inputs;   ///< The float32 values that it reads, constants left out,
  std::vector<std::string> outputs;  ///< and those that it computes.
  bool is_move = false;              ///< It computes nothing: Reshape, Gather.
  std::vector<Gauge> gauges;         ///< None for nodes of nested graphs.
};

/// A value that is computed by a node of the main graph.
struct GaugedValue {
  std::string name;
  std::string count;  ///< The output with the number of its elements, a scalar.
};

/// Magnitudes from here on are no number that a model computes with, but stand for "not this one".
inline constexpr double least_fill = 1e30;

/// A float32 value that a conversion would cast, and how large it becomes, fills included.
struct GaugedCast {
  std::string name;
  std::string extreme;  ///< An output, a scalar.
};

struct Gauges {
  std::vector<GaugedNode> nodes;  ///< In order.
  std::vector<GaugedCast> casts;
  std::vector<GaugedValue> values;
};

/// Gives the model outputs that tell how large the numbers become that each node computes with, if
/// the conversion that `options` ask for would have it compute in half precision: its inputs and
/// outputs, and what a fused operator computes inside: the sum of a SkipLayerNormalization and the
/// mean of its squares, the sums of BiasGelu, the projections and scores of an attention (by the
/// lengths of queries and keys, which bound their products). Masks are brought into the range
/// before, as the conversion does. The model computes what it computed.
[[nodiscard]] Gauges add_gauges(Graph& graph, const PrecisionOptions& options, Context& context);

}  // namespace ortopt
