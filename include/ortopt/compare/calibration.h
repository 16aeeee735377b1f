#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/compare/verification.h"

namespace ortopt {

struct CalibrationRequest {
  std::filesystem::path runtime;  ///< The library (find_runtime).
  /// `.npz` files, test data, or folders of such; empty: inputs are made up, as verify_equal does.
  std::vector<std::filesystem::path> input_files;
  /// The model whose graph tells what the inputs mean; fused operators tell less.
  std::filesystem::path original;
  uint64_t seed = 1;
  PaddingPromise padding = PaddingPromise::both_sides;
  double time_limit_seconds = 600;  ///< For each run.
  /// The last outputs of the model that are scalars and tell of its inside.
  std::vector<std::string> gauges;
};

/// What a model computes from a few inputs, to hold others against. Everything is run in child
/// processes; what the model gave is kept in this one.
class Calibration {
 public:
  /// Runs `model`, the runtime's optimisation off. Fails with `no_runtime` when the runtime is of
  /// no use, with `failure` when the model does not run, with `usage` for files that do not suit
  /// it.
  [[nodiscard]] static Result<Calibration> run(const std::filesystem::path& model,
                                               CalibrationRequest request);
  ~Calibration();
  Calibration(Calibration&&) noexcept;
  Calibration& operator=(Calibration&&) noexcept;

  /// Version and library.
  [[nodiscard]] const std::string& runtime() const;
  /// "batch 2, sequence 7, padding right".
  [[nodiscard]] const std::vector<std::string>& inputs() const;
  /// The largest number that a gauge gave; 0 for one that is not known.
  [[nodiscard]] double largest(const std::string& gauge) const;

  /// Runs `candidate`, a model of the same signature, on the same inputs, the runtime's optimisation
  /// off. One that brings the runtime down, or does not run, is `different`.
  [[nodiscard]] Verification measure(const std::filesystem::path& candidate,
                                     const Rounding& rounding,
                                     const ToleranceRequest& tolerance) const;
  /// ‖a − b‖ / ‖a‖ of values inside `model` and `candidate`, by their names, on the first inputs;
  /// infinity where only one is finite. Names that either lacks are left out.
  [[nodiscard]] Result<std::map<std::string, double>> differences_inside(
      const std::filesystem::path& model, const std::filesystem::path& candidate,
      const std::vector<std::string>& values) const;

 private:
  struct Content;
  explicit Calibration(std::unique_ptr<Content> content);
  std::unique_ptr<Content> content_;
};

}  // namespace ortopt
