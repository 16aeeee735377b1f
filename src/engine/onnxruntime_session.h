#pragma once

#include <filesystem>
#include <memory>

#include "engine/onnxruntime_api.h"
#include "ortopt/engine/engine.h"

namespace ortopt::onnxruntime {

/// A loaded library and its environment; shared by the engine and its sessions.
struct Runtime {
  const OrtApi* api = nullptr;
  std::string version;
  std::filesystem::path library;
  Environment environment;
};

/// A session and all that it needs to live; shared by Session and its BoundRuns.
struct SessionState {
  std::shared_ptr<const Runtime> runtime;
  SessionHandle session;
  MemoryInfo cpu_memory;
  MemoryInfo output_memory;  ///< Null where outputs are on the CPU.
  std::vector<Port> inputs;
  std::vector<Port> outputs;

  [[nodiscard]] const OrtApi& api() const { return *runtime->api; }
};

/// Loads `model` as `options` say.
[[nodiscard]] Result<std::unique_ptr<Session>> open_session(std::shared_ptr<const Runtime> runtime,
                                                            const std::filesystem::path& model,
                                                            const SessionOptions& options);

/// See Session::bind.
[[nodiscard]] Result<std::unique_ptr<BoundRun>> bind_run(std::shared_ptr<const SessionState> state,
                                                         const std::vector<NamedTensor>& feeds);

}  // namespace ortopt::onnxruntime
