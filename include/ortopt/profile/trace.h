#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/base/result.h"

namespace ortopt {

/// A stretch of time in a profile that ONNX Runtime wrote.
struct TraceEvent {
  enum class Kind {
    run,       ///< One call of the runtime (`model_run`).
    executor,  ///< The walk over a graph, or over the body of a Loop, If or Scan.
    node,      ///< One node's kernel, on the host: on a GPU, what it takes to launch it.
    fence,     ///< Waiting before or after a node; runtimes before 1.21 write it.
    device,    ///< A kernel on a GPU.
    session,   ///< Loading and initialising.
    other,
  };

  Kind kind = Kind::other;
  std::string name;      ///< Of nodes without what the runtime appends ("_kernel_time").
  std::string op;        ///< "MatMul".
  std::string provider;  ///< "CPUExecutionProvider"; empty when the profile does not say.
  std::string inputs;    ///< "float[2, 16, 32], int64[2]"; empty when the profile does not say.
  int64_t start = 0;     ///< In µs since profiling began.
  int64_t duration = 0;  ///< In µs, cut off, not rounded.
  int64_t thread = 0;
};

struct Trace {
  std::vector<TraceEvent> events;  ///< In the order of the file.
  /// The file stops in the middle: the process ended before it closed its profile.
  bool broken_off = false;
};

/// Reads `onnxruntime_profile__<date>.json`, event by event: memory is that of the events kept.
/// Fails with `usage` when the file is no such profile, with `failure` when it cannot be read.
[[nodiscard]] Result<Trace> read_trace(const std::filesystem::path& path);

}  // namespace ortopt
