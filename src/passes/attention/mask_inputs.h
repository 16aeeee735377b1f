#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ortopt/pass/pass.h"
#include "ortopt/pass/rewriter.h"
#include "ortopt/passes/attention/mask.h"
#include "ortopt/passes/attention/sdpa.h"
#include "passes/attention/arrange.h"
#include "passes/attention/mask_place.h"

namespace ortopt::attention {

/// Which of the runtime's mask inputs and attributes say what the masks of one attention say.
struct MaskPlan {
  std::optional<Literal> padding;  ///< The raw mask [batch, keys].
  bool as_lengths = false;         ///< The padding is given as lengths [batch] instead.
  bool is_causal = false;
  /// Terms that are handed over as they are: their sum is the attention bias. A Where adds 0 or the
  /// number that hides.
  std::vector<PlacedTerm> biases;
  std::vector<ShapeEntry> bias_shape;   ///< What their sum is expanded to; empty: nothing to do.
  std::optional<double> bias_floor;     ///< What their sum is not to fall below.
  double factor = 1;                    ///< Of the scores, besides their scale.
  std::optional<double> filter_value;   ///< What is added to a padded score.
  DataType type = DataType::undefined;  ///< Of the bias.
  std::vector<std::string> assumptions;
};

/// Decides how the masks are spelled, or why they cannot be. `offset` is how far the first query
/// stands behind the first key: 0, or the length of a cache.
[[nodiscard]] Recognised<MaskPlan> plan_masks(const Sdpa& sdpa, const Dim& offset,
                                              MaskProver& prover, const SizeFinder& sizes,
                                              const Context& context, const Analysis& facts);

/// Makes mask inputs; what several attentions of one graph read is made once.
class MaskMaker {
 public:
  /// The raw mask as int32 [batch, keys]: more than 0 is visible; or lengths [batch]. Null without
  /// padding.
  [[nodiscard]] Value* padding(const MaskPlan& plan, Node& at, Rewriter& to);
  /// The attention bias. Null without one.
  [[nodiscard]] Value* bias(const MaskPlan& plan, Node& at, Rewriter& to);

 private:
  Value& raw_padding(const Literal& literal, Node& at, Rewriter& to);

  using BiasKey =
      std::tuple<const Graph*, std::vector<MaskTerm>, std::vector<int64_t>, std::optional<double>>;
  std::map<BiasKey, Value*> biases_;
  std::map<std::tuple<const Graph*, const Value*, bool, bool>, Value*> paddings_;
  std::map<std::pair<const Graph*, const Value*>, Value*> lengths_;
};

}  // namespace ortopt::attention
