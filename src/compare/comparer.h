#pragma once

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
  Comparer(Engine& engine, const ComparisonRequest& request, std::function<void(ModelRole)> enter);

  [[nodiscard]] Comparison run();

 private:
  Result<void> open_baseline();
  Result<void> open_other();
  Result<void> compare_samples();
  Result<void> compare_sample(const Samples::Sample& sample);
  /// Whether the sample is equal.
  bool compare_outputs(const Samples::Sample& sample, const std::vector<NamedTensor>& expected,
                       const std::vector<NamedTensor>& found);
  void conclude(const Result<void>& done);

  Engine& engine_;
  const ComparisonRequest& request_;
  std::function<void(ModelRole)> enter_;
  Comparison comparison_;
  Rounding rounding_;
  std::unique_ptr<Session> baseline_;
  std::unique_ptr<Session> other_;
  std::optional<Samples> samples_;
  std::vector<DifferenceMeter> meters_;  ///< One for each pair of outputs.
};

}  // namespace ortopt
