#include <dlfcn.h>

#include <charconv>
#include <cstdlib>
#include <utility>

#include "engine/onnxruntime_session.h"

namespace ortopt {
namespace {

using onnxruntime::Environment;
using onnxruntime::Runtime;

/// The number between the first and the second dot of "1.31.1".
uint32_t minor_version(std::string_view version) {
  const std::size_t dot = version.find('.');
  uint32_t minor = 0;
  if (dot != std::string_view::npos)
    std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  return minor;
}

class OnnxRuntimeEngine final : public Engine {
 public:
  explicit OnnxRuntimeEngine(std::shared_ptr<const Runtime> runtime)
      : runtime_(std::move(runtime)) {}
  [[nodiscard]] std::string version() const override { return runtime_->version; }
  [[nodiscard]] std::filesystem::path library() const override { return runtime_->library; }
  [[nodiscard]] std::vector<std::string> providers() const override {
    return onnxruntime::available_providers(*runtime_->api);
  }
  [[nodiscard]] Result<std::unique_ptr<Session>> open(const std::filesystem::path& model,
                                                      const SessionOptions& options) override {
    return onnxruntime::open_session(runtime_, model, options);
  }

 private:
  std::shared_ptr<const Runtime> runtime_;
};

Failure unusable(const std::filesystem::path& library, const std::string& why) {
  return fail(Code::no_runtime,
              "'" + library.string() + "' cannot be used as ONNX Runtime: " + why);
}

}  // namespace

Result<std::unique_ptr<Engine>> load_engine(const std::filesystem::path& library) {
  // The real path: the runtime looks for its provider libraries beside itself.
  std::error_code ignored;
  std::filesystem::path real = std::filesystem::canonical(library, ignored);
  if (ignored) real = library;
  // Never closed: the runtime's threads and thread-local destructors outlive every session.
  void* handle = dlopen(real.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return unusable(library, dlerror());
  using GetApiBase = const OrtApiBase*(ORT_API_CALL*)();
  const auto get_base = reinterpret_cast<GetApiBase>(dlsym(handle, "OrtGetApiBase"));
  const OrtApiBase* base = get_base == nullptr ? nullptr : get_base();
  if (base == nullptr) return unusable(library, "it offers no C API (OrtGetApiBase)");

  auto runtime = std::make_shared<Runtime>();
  runtime->version = base->GetVersionString();
  runtime->library = real;
  constexpr uint32_t oldest = 16;
  const uint32_t minor = minor_version(runtime->version);
  if (minor < oldest)
    return unusable(library, "its version is " + runtime->version + "; 1.16 or newer is needed");
  // Asking an old runtime for a newer table makes it complain to stderr.
  runtime->api = base->GetApi(minor < ORT_API_VERSION ? minor : ORT_API_VERSION);
  if (runtime->api == nullptr)
    return unusable(library, "version " + runtime->version + " refuses the C API that we know");
  Result<Environment> environment =
      onnxruntime::make<Environment>(*runtime->api, [&](OrtEnv** out) {
        return runtime->api->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "ortopt", out);
      });
  if (!environment) return unusable(library, environment.error().text());
  runtime->environment = std::move(*environment);
  return std::make_unique<OnnxRuntimeEngine>(std::move(runtime));
}

std::string runtime_label(std::string_view version, const std::filesystem::path& library) {
  return "ONNX Runtime " + std::string(version) + " (" + library.string() + ")";
}

}  // namespace ortopt
