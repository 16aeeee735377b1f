#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/type.h"

namespace ortopt {

/// What the result computes in.
enum class Precision {
  float32,   ///< As the model is.
  float16,   ///< Half precision where it is safe by what is known of the graph.
  bfloat16,  ///< The same with bfloat16.
  mixed,     ///< float16 where running the model shows that it is good enough.
};

/// "fp32", "fp16", "bf16", "mixed" (and the names that ONNX has for them). Fails with `usage`.
[[nodiscard]] Result<Precision> parse_precision(std::string_view text);

/// The numbers of a half type that weights are brought into. Zero, infinities and not-a-number
/// stay.
struct HalfRange {
  double min_positive = 5.96e-08;  ///< Smaller magnitudes, other than 0, become this one.
  double max_finite = 65504;       ///< Larger ones become this one.
};

/// Operators to keep that are known for a family of models.
enum class PrecisionRecipe {
  none,
  gpt2,  ///< The incumbent's auto_mixed_precision.
};

/// What running a model has shown of one of its nodes, and why the node stays in float32.
struct MeasuredNeed {
  std::string reason;             ///< One sentence.
  std::optional<double> largest;  ///< The largest magnitude that was met there.
  std::optional<double> difference;  ///< What half precision made of its result: ‖a − b‖ / ‖a‖.
};

/// Everything there is to say about a change of precision.
struct PrecisionOptions {
  Precision precision = Precision::float32;
  HalfRange range;
  /// Inputs and outputs of the model keep float32; else they become half floats, too.
  bool keep_io_types = true;
  /// With `keep_io_types` off: those that keep it all the same.
  std::set<std::string> kept_io;
  /// The type of single inputs and outputs, whatever the rest does.
  std::map<std::string, DataType> io_types;
  /// Operators ("TopK", "com.microsoft.Gelu") and globs over names of nodes that stay in float32.
  std::vector<std::string> keep;
  PrecisionRecipe recipe = PrecisionRecipe::none;
  /// Nodes, by label, that stay in float32 because of what was measured.
  std::map<std::string, MeasuredNeed> measured;
  /// Values, by name, that hold −3.4e38 or the like for "not this one": brought into the range where
  /// they become half floats.
  std::set<std::string> fills;
  /// Weights become half floats even where only operators in float32 read them.
  bool force_initializers = false;
  /// Inputs that stay in float32 although the operator takes half floats there, and are to be half
  /// floats all the same: operator to slots.
  std::map<std::string, std::set<std::size_t>> force_inputs;

  /// What weights are brought into: `range`, or all that bfloat16 holds.
  [[nodiscard]] HalfRange half_range() const;
  /// The half type, or `undefined` when there is none to convert to.
  [[nodiscard]] DataType half_type() const;
};

}  // namespace ortopt
