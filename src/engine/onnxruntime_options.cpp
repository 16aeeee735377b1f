#include "engine/onnxruntime_options.h"

namespace ortopt::onnxruntime {
namespace {

GraphOptimizationLevel level_of(RuntimeOptimization optimization) {
  switch (optimization) {
    case RuntimeOptimization::none:
      return ORT_DISABLE_ALL;
    case RuntimeOptimization::basic:
      return ORT_ENABLE_BASIC;
    case RuntimeOptimization::extended:
      return ORT_ENABLE_EXTENDED;
    case RuntimeOptimization::layout:  // A level of its own from 1.22 on.
    case RuntimeOptimization::all:
      break;
  }
  return ORT_ENABLE_ALL;
}

ExecutionMode mode_of(ExecutionOrder order) {
  return order == ExecutionOrder::parallel ? ORT_PARALLEL : ORT_SEQUENTIAL;
}

/// The configuration entries that the fields stand for, and over them those given as such.
std::map<std::string, std::string> config_of(const SessionOptions& options) {
  std::map<std::string, std::string> out = options.config;
  if (!options.spinning) {
    out.emplace("session.intra_op.allow_spinning", "0");
    out.emplace("session.inter_op.allow_spinning", "0");
  }
  if (!options.optimized_model_path.empty() && options.optimized_weights_apart) {
    out.emplace("session.optimized_model_external_initializers_file_name",
                options.optimized_model_path.filename().string() + ".data");
    // Otherwise small ones stay where they are: in the old file, if that is where they lie.
    out.emplace("session.optimized_model_external_initializers_min_size_in_bytes", "0");
  }
  return out;
}

Result<void> set_fields(const OrtApi& api, OrtSessionOptions* to, const SessionOptions& options) {
  for (OrtStatus* status : {
           api.SetSessionLogSeverityLevel(to, ORT_LOGGING_LEVEL_FATAL),
           api.SetSessionGraphOptimizationLevel(to, level_of(options.optimization)),
           api.SetIntraOpNumThreads(to, options.intra_op_threads),
           api.SetInterOpNumThreads(to, options.inter_op_threads),
           api.SetSessionExecutionMode(to, mode_of(options.order)),
           options.arena ? api.EnableCpuMemArena(to) : api.DisableCpuMemArena(to),
           options.memory_pattern ? api.EnableMemPattern(to) : api.DisableMemPattern(to),
       })
    if (Result<void> done = checked(api, status); !done) return done;
  return {};
}

Result<void> set_files(const OrtApi& api, OrtSessionOptions* to, const SessionOptions& options) {
  if (!options.optimized_model_path.empty())
    if (Result<void> done =
            checked(api, api.SetOptimizedModelFilePath(to, options.optimized_model_path.c_str()));
        !done)
      return done;
  if (options.profile_prefix.empty()) return {};
  return checked(api, api.EnableProfiling(to, options.profile_prefix.c_str()));
}

}  // namespace

Result<Options> make_options(const OrtApi& api, const SessionOptions& options) {
  Result<Options> made = make<Options>(api, api.CreateSessionOptions);
  if (!made) return made;
  OrtSessionOptions* to = made->get();
  if (Result<void> done = set_fields(api, to, options); !done) return pass_on(done.error());
  if (Result<void> done = set_files(api, to, options); !done) return pass_on(done.error());
  for (const auto& [key, value] : config_of(options))
    if (Result<void> done = checked(api, api.AddSessionConfigEntry(to, key.c_str(), value.c_str()));
        !done)
      return within(done.error(), "while setting '" + key + "'");
  if (Result<void> done = append_providers(api, to, options.providers); !done)
    return pass_on(done.error());
  return made;
}

}  // namespace ortopt::onnxruntime
