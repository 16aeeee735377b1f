#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "compare/generation.h"
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
  [[nodiscard]] LengthForm length_form() const {
    return request_.inputs ? request_.inputs->length_form : LengthForm::plain;
  }
  Result<void> open_baseline();
  /// Runs the baseline on all samples and closes it, where its outputs take less memory than it
  /// does.
  Result<void> run_baseline_ahead();
  Result<void> open_other();
  Result<void> open_stored_outputs();
  Result<void> match();
  Result<void> compare_samples();
  Result<void> compare_sample(const Samples::Sample& sample);
  /// Runs both models with their own feeds.
  Result<void> compare_run(const Samples::Sample& sample, const std::vector<NamedTensor>& feeds);
  /// Goes on from the runs of `sample`, step by step.
  Result<void> generate(const Samples::Sample& sample);
  Result<Samples::Sample> next_step(const Samples::Sample& sample, int64_t step);
  /// The other model's feeds for a step: its own presents.
  Result<std::vector<NamedTensor>> own_feeds(const Samples::Sample& step);
  Result<std::vector<NamedTensor>> expected_outputs(const Samples::Sample& sample);
  Result<void> keep(const Samples::Sample& sample, const std::vector<NamedTensor>& outputs) const;
  /// Looks for the place where an output that differs begins to.
  Result<void> bisect();
  /// The first output, by its number in the baseline, that differs.
  std::optional<std::size_t> compare_outputs(const Samples::Sample& sample,
                                             const std::vector<NamedTensor>& expected,
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
  uint64_t baseline_bytes_ = 0;                 ///< Of its weights.
  std::deque<std::vector<NamedTensor>> ahead_;  ///< What the baseline gave, for samples to come.
  std::vector<NamedTensor> baseline_outputs_;   ///< Of the last run.
  std::vector<NamedTensor> other_outputs_;
  std::vector<StatePair> state_;  ///< Of the baseline; empty without generation.
  /// The first sample with a difference.
  struct Failed {
    Samples::Sample sample;
    std::vector<NamedTensor> other_feeds;
    std::string output;
  };
  std::optional<Failed> failed_;
  std::vector<DifferenceMeter> meters_;  ///< One for each pair of outputs.
};

}  // namespace ortopt
