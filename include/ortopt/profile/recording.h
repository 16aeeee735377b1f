#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/measure/subject.h"
#include "ortopt/measure/subjects.h"

namespace ortopt {

/// A model to be run under the runtime's profiler.
struct RecordingRequest {
  ModelSetting setting;
  std::size_t samples = 0;  ///< Runs that count; 0: what takes about two seconds, 10 to 300.
  /// Where the runtime's profile and the graph that it runs are written.
  std::filesystem::path folder;
  double time_limit_seconds = 3600;
};

/// What running a model gave, besides the profile.
struct Recording {
  std::filesystem::path profile;
  /// The graph as the runtime changed it before running it; empty when it cannot be written.
  std::filesystem::path optimized_model;
  std::string runtime;               ///< "1.20.1".
  std::string inputs;                ///< "batch 1, sequence 32".
  std::vector<std::string> remarks;  ///< What differs from the request.
  double creation_seconds = 0;       ///< Of a session, without profiling.
  double first_run_seconds = 0;      ///< Of that session.
  std::size_t warm_up = 0;           ///< Runs at the start of the profile that do not count.
  std::vector<Timing> plain;         ///< Runs without profiling.
  std::vector<Timing> profiled;      ///< Runs that count, with profiling.
};

/// Runs the model in a child process in two sessions, one with profiling and one without, on the
/// same inputs: plain runs first, then profiled ones, then plain ones again, so that a machine that
/// grows slower meanwhile does not pass for the profiler's cost. Both are warmed up first. Fails with
/// `usage` for inputs or options that do not suit, `no_runtime`, or `failure` in the runtime's words.
[[nodiscard]] Result<Recording> record(const RecordingRequest& request);

}  // namespace ortopt
