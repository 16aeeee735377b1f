#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/logger.h"
#include "ortopt/base/result.h"
#include "ortopt/compare/verification.h"
#include "ortopt/engine/engine.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/model.h"
#include "ortopt/ir/save.h"
#include "ortopt/optimise/expectation.h"
#include "ortopt/pass/pass_manager.h"
#include "ortopt/pass/registry.h"
#include "ortopt/precision/options.h"
#include "ortopt/report/report.h"

namespace ortopt {

/// Whether the result is run against the original.
enum class VerifyMode {
  automatic,  ///< When a runtime is found and memory suffices; the report says when not.
  on,         ///< Or fail.
  off,
};

/// The runtime's own offline optimiser, run before any pass of ours.
struct RuntimeStage {
  RuntimeOptimization level = RuntimeOptimization::none;
  std::string provider = "cpu";
};

/// Everything that one run of ort-opt is asked to do.
struct OptimiseRequest {
  std::filesystem::path input;
  /// Where the result goes; may be `input`. Missing folders are made.
  std::filesystem::path output;
  LoadOptions load;
  PassOptions passes;
  Selection selection;
  std::function<Pipeline()> pipeline = make_pipeline;
  PrecisionOptions precision;  ///< What the result computes in; pass half_precision.
  /// What mixed precision is chosen with; made up when empty.
  std::vector<std::filesystem::path> precision_inputs;
  /// How far outputs may be off, for that choice and for verification; the usual where it is silent.
  ToleranceRequest tolerance;
  bool int32_inputs = false;    ///< Pass input_int32 runs last.
  bool without_passes = false;  ///< Only the runtime stage, load and save.
  RuntimeStage runtime_stage;
  RuntimeSearch runtime;
  VerifyMode verify = VerifyMode::automatic;
  std::vector<Expectation> expectations;
  bool require_fusion = false;  ///< Something has to be fused.
  WeightPlacement weights = WeightPlacement::automatic;
  bool sync = false;
  bool dry_run = false;                    ///< Write nothing; nothing is verified either.
  bool strict = false;                     ///< Warnings of passes are errors.
  std::vector<std::string> flags;          ///< For the report.
  std::vector<std::string> shaping_flags;  ///< For the provenance: those that shape the result.
  /// Told what is being done, often; may be empty.
  std::function<void(std::string_view doing)> progress;
  /// Shown the model as it will be written; may be empty.
  std::function<void(const Model&)> inspect;
};

/// `bert.opt.onnx` for `bert.onnx`.
[[nodiscard]] std::filesystem::path default_output(const std::filesystem::path& input);

/// Loads, optimises, verifies and saves. `output` is replaced only by a result that was not found
/// to differ; when verification finds a difference, passes are left out one by one until it is
/// gone (Report::taken_back, Report::problem with `taken_back`). A report whose `problem` is
/// `expectation` or `different` comes without an output. Fails when there is nothing to report on.
[[nodiscard]] Result<Report> optimise(const OptimiseRequest& request, Logger& logger);

}  // namespace ortopt
