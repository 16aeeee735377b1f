#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compare/cases.h"
#include "ortopt/compare/calibration.h"

namespace ortopt {

/// How models that are compared are opened: a pool of threads costs more than it gives on a small
/// model.
[[nodiscard]] SessionOptions options_for_bytes(uint64_t weight_bytes,
                                               RuntimeOptimization optimization);

/// Runs a model on the inputs of `expected` and compares what it gives, in this process.
[[nodiscard]] Verification measure_candidate(Engine& engine, const std::filesystem::path& candidate,
                                             const std::vector<CaseRun>& expected,
                                             const Rounding& rounding,
                                             const ToleranceRequest& tolerance);

/// Two models, and a folder for files on the way.
struct ProbedModels {
  std::filesystem::path model;
  std::filesystem::path candidate;
  std::filesystem::path folder;
};

/// ‖a − b‖ / ‖a‖ of values that both models have, in this process.
[[nodiscard]] Result<std::map<std::string, double>> compare_inside(
    Engine& engine, const ProbedModels& models, const std::vector<std::string>& values,
    const CaseRun& inputs);

}  // namespace ortopt
