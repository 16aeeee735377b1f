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

/// Loads `model` as `options` say.
[[nodiscard]] Result<std::unique_ptr<Session>> open_session(std::shared_ptr<const Runtime> runtime,
                                                            const std::filesystem::path& model,
                                                            const SessionOptions& options);

}  // namespace ortopt::onnxruntime
