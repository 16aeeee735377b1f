#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "compare/samples.h"
#include "ortopt/compare/comparison.h"

namespace ortopt {

/// Which of the two models the runtime is working on.
enum class ModelRole { baseline, other };

/// Compares two models in this process.
class Comparer {
 public:
  /// `enter` is called each time that the work goes over to the other model.
  /// `folder` is for files that are gone when the comparer is done.
  Comparer(Engine& engine, const ComparisonRequest& request, std::filesystem::path folder,
           std::function<void(ModelRole)> enter);

  [[nodiscard]] Comparison run();

 private:
  [[nodiscard]] bool has_stored_baseline() const;
  Result<void> open_baseline();
  Result<void> open_other();
  Result<void> open_stored_outputs();
  Result<void> match();
  Result<void> compare_samples();
  Result<void> compare_sample(const Samples::Sample& sample);
  Result<std::vector<NamedTensor>> expected_outputs(const Samples::Sample& sample);
  Result<void> keep(const Samples::Sample& sample, const std::vector<NamedTensor>& outputs) const;
  /// Looks for the place where an output that differs begins to.
  Result<void> bisect();
  Result<Bisection> bisect(const Difference& output, const Samples::Sample& sample);
  /// Whether the sample is equal.
  bool compare_outputs(const Samples::Sample& sample, const std::vector<NamedTensor>& expected,
                       const std::vector<NamedTensor>& found);
  void conclude(const Result<void>& done);

  Engine& engine_;
  const ComparisonRequest& request_;
  std::filesystem::path folder_;
  std::function<void(ModelRole)> enter_;
  Comparison comparison_;
  Rounding rounding_;
  std::unique_ptr<Session> baseline_;
  std::unique_ptr<Session> other_;
  std::optional<Samples> samples_;
  std::vector<DifferenceMeter> meters_;  ///< One for each pair of outputs.
};

}  // namespace ortopt
