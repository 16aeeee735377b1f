#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ortopt/engine/engine.h"
#include "ortopt/measure/runner.h"
#include "ortopt/measure/speed_comparison.h"
#include "ortopt/measure/subjects.h"

namespace ortopt {

/// One way to set one thing.
struct TuningChoice {
  std::string text;  ///< "4"
  std::function<void(SessionOptions&)> apply;
};

/// One thing that can be set, and the ways worth trying.
struct TuningDimension {
  std::string name;  ///< "intra_op_threads"
  std::vector<TuningChoice> choices;
};

/// Threads, order of execution with threads between operators, optimisation levels, spinning, arena,
/// memory pattern.
[[nodiscard]] std::vector<TuningDimension> usual_dimensions(std::size_t physical_cores,
                                                            std::size_t logical_cores);

/// The options of `providers` that change speed but not results, as far as they are known; what is
/// set already is left alone.
[[nodiscard]] std::vector<TuningDimension> provider_dimensions(
    const std::vector<Provider>& providers);

/// One option of the provider of that name ("cuda", "use_tf32"); values that the provider refuses
/// are trials that fail.
[[nodiscard]] TuningDimension provider_dimension(const std::string& provider,
                                                 const std::string& option,
                                                 const std::vector<std::string>& values);

/// A choice that was tried against the best setting until then.
struct TuningTrial {
  std::string dimension;
  std::string choice;
  SpeedComparison comparison;
  std::optional<Error> trouble;
  bool adopted = false;
};

struct TuningResult {
  SessionOptions best;
  std::vector<TuningTrial> trials;
  /// The best setting against the one that the search began with, measured once more: the winner of
  /// many trials looks better than it is.
  SpeedComparison against_start;
  Measurement start_measurement;
  Measurement best_measurement;
};

/// Makes the subject that a setting is measured by.
using MakeSubject = std::function<std::unique_ptr<Subject>(const SessionOptions&)>;

/// What is being tried, and how far that is.
using TuningProgress = FunctionRef<void(const std::string& doing, const Progress&)>;

/// Searches for the quickest setting: goes through the dimensions one by one, measures all choices of
/// each in turns with the best setting so far, and takes the best one that is faster beyond doubt.
/// Goes round once more when the first round changed more than one thing. `schedule.seconds` is for
/// each two subjects. Fails when the setting that it begins with does not run.
[[nodiscard]] Result<TuningResult> tune(const SessionOptions& start,
                                        const std::vector<TuningDimension>& dimensions,
                                        const MakeSubject& make, const Schedule& schedule,
                                        TuningProgress progress);

}  // namespace ortopt
