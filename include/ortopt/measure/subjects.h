#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ortopt/engine/engine.h"
#include "ortopt/engine/input_request.h"
#include "ortopt/measure/subject.h"

namespace ortopt {

/// A model and how it is run.
struct ModelSetting {
  std::filesystem::path model;
  std::filesystem::path runtime;  ///< The library (find_runtime).
  SessionOptions options;
  InputRequest inputs;  ///< Runs take its samples in turn.
};

/// The model in ONNX Runtime, in a child process of its own for each time it is opened. What is timed
/// is a run with inputs and outputs bound. While it rests, the child is stopped: its threads would
/// otherwise spin in wait for work.
[[nodiscard]] std::unique_ptr<Subject> make_subject(ModelSetting setting);

/// A program that speaks the same protocol (docs/measuring.md) on its standard streams: an engine
/// that is not ONNX Runtime.
[[nodiscard]] std::unique_ptr<Subject> make_subject(std::vector<std::string> command);

}  // namespace ortopt
