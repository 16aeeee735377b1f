#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/base/error.h"
#include "ortopt/compare/bisection.h"
#include "ortopt/compare/difference.h"
#include "ortopt/compare/signature.h"
#include "ortopt/compare/tolerance.h"
#include "ortopt/engine/engine.h"
#include "ortopt/engine/input_request.h"

namespace ortopt {

/// Whether the place where two models part is looked for.
enum class Bisect { no, when_different };

/// Two models to be put side by side.
struct ComparisonRequest {
  /// A model; or a folder of ONNX test data, whose outputs are those of a model that is not at
  /// hand.
  std::filesystem::path baseline;
  std::filesystem::path other;
  std::filesystem::path runtime;  ///< The library (find_runtime).
  /// How both are opened; the baseline with an optimisation level of its own.
  SessionOptions session;
  RuntimeOptimization baseline_optimization = RuntimeOptimization::none;
  /// Nothing: cases of several sizes and paddings, as verification has them.
  std::optional<InputRequest> inputs;
  uint64_t seed = 3;  ///< For those cases.
  /// Steps of generation after each sample: each model gets its own presents back as pasts, and the
  /// baseline's likeliest words. Needs `inputs`.
  int64_t steps = 0;
  std::vector<NameMapping> mapping;
  ToleranceRequest tolerance;
  Bisect bisect = Bisect::no;
  /// Where inputs and the baseline's outputs go, as ONNX test data (`test_data_set_0`, …); empty:
  /// nowhere.
  std::filesystem::path output_folder;
  double time_limit_seconds = 3600;
};

/// What came of it.
struct Comparison {
  enum class Outcome { equal, different, not_run };

  Outcome outcome = Outcome::not_run;
  std::string reason;          ///< What differs first, or why nothing was run.
  Code cause = Code::failure;  ///< With not_run.
  std::string runtime;         ///< Version and library.
  Signature baseline;
  Signature other;
  SignatureMatch match;
  std::vector<std::string> samples;
  std::vector<std::string> failed;  ///< Those of them with a difference.
  std::vector<std::string> notes;   ///< What was done otherwise than asked for.
  std::vector<Difference> outputs;
  std::optional<Bisection> bisection;
  double seconds = 0;

  [[nodiscard]] bool is_equal() const { return outcome == Outcome::equal; }
};

/// Runs both models in a child process on the same inputs, made up or read, and compares all
/// outputs that they have in common. One session is open at a time, unless the outputs of all
/// samples are larger than a model or generation was asked for. Models that cannot be read, a
/// baseline that does not run and a request that does not suit the models are `not_run`, with the
/// cause; another model that the runtime refuses or dies of is `different`.
[[nodiscard]] Comparison compare_models(const ComparisonRequest& request);

}  // namespace ortopt
