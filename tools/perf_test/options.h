#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/base/logger.h"
#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"
#include "ortopt/engine/input_request.h"
#include "ortopt/measure/runner.h"
#include "ortopt/measure/tuning.h"

namespace ortopt::tool {

/// What has to come out, or the exit code is 5.
enum class Expectation { none, faster, not_slower };

/// What a command line asks for.
struct Options {
  std::vector<std::filesystem::path> models;  ///< The first is what the others are compared to.
  bool against = false;                       ///< Verdicts were asked for.
  std::filesystem::path runtime;
  SessionOptions session;
  std::vector<std::size_t> threads;  ///< Each of them is measured.
  std::vector<InputRequest> inputs;  ///< Each of them with each number of threads.
  std::size_t test_times = 0;
  Schedule schedule;
  bool tune = false;
  std::vector<TuningDimension> tuned;  ///< What else is tried: options of providers.
  Expectation expectation = Expectation::none;
  std::filesystem::path json;  ///< "-" is stdout; empty: none. So for the next two.
  std::filesystem::path csv;
  std::filesystem::path html;
  std::filesystem::path results_folder;  ///< Of the incumbent's file; empty: none.
  std::vector<std::string> given;        ///< The arguments.
  LogLevel log_level = LogLevel::warning;
  std::vector<std::string> warnings;
  std::string text;  ///< --help, --version: to be printed instead of all else.
};

/// Reads the command line: our flags and those of the incumbent's bert_perf_test, dashes and
/// underscores alike. Fails with `usage`, and with `no_runtime` when there is none.
[[nodiscard]] Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace ortopt::tool
