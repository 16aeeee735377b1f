#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ortopt/ir/graph.h"
#include "ortopt/passes/attention/mask.h"
#include "ortopt/shape/analysis.h"

namespace ortopt::attention {

/// Why something is no attention, or none that can be lowered: one sentence, lower case, no final
/// stop.
struct Refusal {
  std::string reason;
};

template <class T>
using Recognised = tl::expected<T, Refusal>;

[[nodiscard]] inline tl::unexpected<Refusal> refuse(std::string reason) {
  return tl::unexpected<Refusal>(Refusal{std::move(reason)});
}

/// What an attention has besides products, scale and mask. Each wants an operator that can do it,
/// or a proof of its exact form that is made elsewhere.
enum class Feature {
  rotary,          ///< Queries or keys turned by their positions.
  norm,            ///< A norm between a projection and its product.
  gain,            ///< A constant vector multiplied on after a projection.
  past,            ///< Keys or values joined to cached ones.
  unprojected,     ///< An operand that is computed by no projection: a cache, an input.
  softcap,         ///< Tanh between two scales on the scores.
  floor,           ///< Scores held above the most negative number; changes nothing.
  stable,          ///< The row's maximum subtracted before the exponential; changes nothing.
  nan_guard,       ///< NaN probabilities of rows that see no key become 0.
  repeated_heads,  ///< Each kv head serves several heads.
};
[[nodiscard]] std::string name_of(Feature feature);

/// A constant added between a projection and its operand.
struct BiasTerm {
  Value* constant = nullptr;
  /// The sum; its layout says which feature each entry of the constant belongs to.
  const Value* sum = nullptr;
  /// All scalars that multiply the constant on the way to the product.
  double scale = 1;
};

/// A value on the way from an operand (first) up to its projection (last).
struct Step {
  Value* value = nullptr;
  /// operand = scale · value + the first `bias_count` bias terms, rearrangements aside.
  double scale = 1;
  std::size_t bias_count = 0;
  /// False behind a norm, rotary embedding or gain, where that equation no longer holds. Behind a
  /// cache it holds for what the cache is joined to.
  bool is_plain = true;
};

/// Queries, keys or values: what a product of attention reads, how its axes are laid out, and where
/// it comes from. operand = scale · (source × weight) + Σ bias, rearranged.
struct Operand {
  Value* value = nullptr;

  std::vector<LayoutDim> batch;  ///< The dimensions that the product batches over, in order.
  LayoutDim row;                 ///< Its queries, or its keys.
  LayoutDim features;            ///< The dimension of head_size.

  std::vector<Factor>
      heads;  ///< Factors of `batch` on the feature axis: head digits, outermost first.
  std::vector<Factor> copies;  ///< Factors of `batch` that repeat heads.
  std::vector<Factor> rest;    ///< The other factors of `batch`.
  Dim head_count = 1;
  Dim head_size = 1;

  std::vector<Step> steps;
  double scale = 1;
  std::vector<BiasTerm> biases;
  Node* projection = nullptr;  ///< MatMul, Gemm or Einsum with a constant; null without one.
  Value* weight = nullptr;
  Value* source = nullptr;    ///< The projection's other input; without one, where the walk ended.
  Value* past = nullptr;      ///< What is put before it along the key axis, or null.
  std::size_t join_step = 0;  ///< With a past: the step whose value is past and new joined.
  std::set<Feature> features_met;

  /// The axis whose digits are head and feature.
  [[nodiscard]] const Factor& feature() const { return features.front(); }
};

/// A scaled dot product attention as the graph means it, whatever its spelling:
/// output = merge(softmax(scale · q·kᵀ, masked) · v). Refers to the graph; changes nothing in it.
struct Sdpa {
  Node* anchor = nullptr;  ///< The softmax, or the division that ends one in pieces.
  Operand query;
  Operand key;
  Operand value;
  int64_t heads = 0;
  int64_t kv_heads = 0;
  int64_t head_size = 0;
  int64_t value_size = 0;
  double score_scale = 1;  ///< Between the product and softmax.
  double scale = 1;        ///< The same with the scales of query and key.
  std::vector<MaskTerm> masks;
  /// Where each mask term meets the scores: the result, whose axes the term is aligned with.
  std::vector<const Value*> masked_scores;
  std::vector<MaskTerm> guards;  ///< Terms on the probabilities.
  /// Values that hold the merged result, the first one that does first.
  std::vector<Value*> outputs;
  std::set<Feature> features;

  /// Whether queries, keys and values are projected from one value and walk it in one order.
  [[nodiscard]] bool is_self() const;
  /// Query, key and value sources without the rearrangements above their projections.
  const Value* query_source = nullptr;
  const Value* key_source = nullptr;
  const Value* value_source = nullptr;
};

}  // namespace ortopt::attention
