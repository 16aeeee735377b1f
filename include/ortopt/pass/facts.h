#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/ir/type.h"

namespace ortopt {

/// One rewrite that was made: what the report, the provenance and the log tell about it.
struct Rewrite {
  std::string pass;  ///< Id: "skip_layer_norm".
  std::string made;  ///< Operator of the result: "com.microsoft.SkipLayerNormalization"; empty for
                     ///< a removal.
  std::string node;  ///< Name of the resulting node.
  std::vector<std::string> replaced;  ///< Names of the nodes that went.
};

/// An anchor (a Softmax, an Erf, a norm's square root …) that stayed unfused.
struct Miss {
  std::string pass;
  std::string node;    ///< Name of the anchor.
  std::string op;      ///< Its operator.
  std::string reason;  ///< One sentence: "c1 is not the constant 1.414214".
};

/// Something the result relies on that the graph does not state, each once.
struct AssumedFact {
  std::string pass;
  std::string text;  ///< "attention_mask is 0 or 1".
};

/// What one pass did in one run of the pipeline.
struct PassRun {
  std::string pass;
  std::size_t changes = 0;
  std::size_t rounds = 0;
  bool converged = true;
  double seconds = 0;
};

/// An operator that computes in float32 in a model of another precision.
struct KeptOperator {
  std::string node;
  std::string op;
  std::string pass;                       ///< Id of the marking pass: "division_by_epsilon".
  std::string reason;                     ///< One sentence.
  std::optional<double> largest = {};     ///< The largest magnitude there, where it was measured.
  std::optional<double> difference = {};  ///< What half precision made of its result, as well.
};

/// How many numbers of a weight did not fit the type they were converted to. Filled while the
/// weight is being written.
class ClampCount {
 public:
  /// Numbers whose magnitude was too large, and those that it was too small for, so far.
  [[nodiscard]] uint64_t too_large() const { return too_large_; }
  [[nodiscard]] uint64_t too_small() const { return too_small_; }
  /// How many elements, from the first, have been counted.
  [[nodiscard]] uint64_t counted() const { return counted_; }
  /// Adds what was found in the next `elements`.
  void add(uint64_t elements, uint64_t too_large, uint64_t too_small);

 private:
  uint64_t counted_ = 0;
  uint64_t too_large_ = 0;
  uint64_t too_small_ = 0;
};

/// A weight that changed its type.
struct ConvertedWeight {
  std::string name;
  std::shared_ptr<const ClampCount> clamped;
};

/// One way of mixing precisions that was run, and what came of it.
struct MeasuredMix {
  std::string what;         ///< "all in float16".
  std::size_t kept = 0;     ///< Operators that stayed in float32 because of what was measured.
  double difference = 0;    ///< The largest ‖a − b‖ / ‖a‖ of an output.
  bool suffices = false;    ///< Within the tolerance.
  std::string reason = {};  ///< Why not.
};

/// How operators were chosen that stay in float32.
struct MeasuringFacts {
  std::size_t runs = 0;  ///< Of any model on all inputs.
  std::vector<std::string> inputs;
  std::vector<MeasuredMix> mixes;
};

/// What a change of precision did.
struct PrecisionFacts {
  DataType type = DataType::undefined;  ///< The half type; `undefined` without a change.
  std::size_t converted = 0;            ///< Operators that compute in it now.
  std::size_t casts = 0;                ///< Casts that were added.
  std::vector<KeptOperator> kept;
  std::vector<ConvertedWeight> weights;
  /// Inputs and outputs of the model whose type changed, with the new one.
  std::map<std::string, DataType> changed_types;
  std::optional<MeasuringFacts> measuring;  ///< With mixed precision.
};

/// Everything that passes tell about a run. Tables, JSON and log are rendered from this (report/).
struct Facts {
  std::vector<Rewrite> rewrites;
  std::vector<Miss> misses;  ///< Misses of the last round of each pass only.
  std::vector<AssumedFact> assumptions;
  std::vector<std::string>
      warnings;  ///< For people: a flag that contradicts the graph, an operator without a kernel.
  std::vector<PassRun> runs;
  PrecisionFacts precision;

  /// Notes once what a pass took for granted.
  void assume(const std::string& pass, const std::string& text);
};

}  // namespace ortopt
