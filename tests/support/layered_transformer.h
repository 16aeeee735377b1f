#pragma once

#include <memory>
#include <optional>

#include "ortopt/ir/model.h"

namespace ortopt::test_support {

/// What is planted in a layered transformer, for half precision to stumble over.
struct Planted {
  /// The layer whose last product reaches 1e5 and more; the norm after it makes them small again.
  std::optional<int> outlier_layer = {};
  /// The layer that adds 3000 and takes it away again.
  std::optional<int> cancelling_layer = {};
  double mask_fill = -10000;  ///< What is added to the scores at padding.
  bool takes_bias = false;    ///< The mask is an input of floats that are added, `bias`.
  bool norms_in_pieces = false;
  double epsilon = 1e-5;  ///< Of the norms.
};

/// A transformer of twelve layers as an exporter writes it: each an attention and a feed-forward
/// part, with norms behind; 16 wide, two heads, random weights. It takes int64 `ids` (below 64) and
/// a 0/1 int64 `mask`, both [batch, sequence], and gives `y`.
[[nodiscard]] std::unique_ptr<Model> make_layered_transformer(const Planted& planted = {});

/// How many products of weights each layer has.
inline constexpr int products_of_layer = 6;
inline constexpr int layers_of_transformer = 12;

}  // namespace ortopt::test_support
