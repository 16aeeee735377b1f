#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// The runtime that ORTOPT_TEST_RUNTIME names, which crashes where ORTOPT_TEST_CRASH says: when it is
// asked for its version, opens a model, or runs one.
namespace {

[[noreturn]] void crash() {
  std::fputs("something went wrong\n", stderr);
  std::raise(SIGSEGV);
  std::abort();
}

bool is_to_crash(std::string_view stage) {
  const char* wanted = std::getenv("ORTOPT_TEST_CRASH");
  return wanted != nullptr && stage == wanted;
}

const OrtApiBase* real_base() {
  const char* path = std::getenv("ORTOPT_TEST_RUNTIME");
  void* library = path == nullptr ? nullptr : dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  using GetApiBase = const OrtApiBase* (*)();
  return reinterpret_cast<GetApiBase>(dlsym(library, "OrtGetApiBase"))();
}

OrtStatus* crash_when_opening(const OrtEnv*, const ORTCHAR_T*, const OrtSessionOptions*,
                              OrtSession**) noexcept {
  crash();
}
OrtStatus* crash_when_run(OrtSession*, const OrtRunOptions*, const char* const*,
                          const OrtValue* const*, size_t, const char* const*, size_t,
                          OrtValue**) noexcept {
  crash();
}
OrtStatus* crash_when_run_bound(OrtSession*, const OrtRunOptions*, const OrtIoBinding*) noexcept {
  crash();
}

const OrtApi* patched_api(uint32_t version) noexcept {
  const OrtApi* real = real_base()->GetApi(version);
  if (real == nullptr) return nullptr;
  static OrtApi api;
  api = *real;
  if (is_to_crash("open")) api.CreateSession = crash_when_opening;
  if (is_to_crash("run")) {
    api.Run = crash_when_run;
    api.RunWithBinding = crash_when_run_bound;
  }
  return &api;
}

const char* version_string() noexcept {
  if (is_to_crash("load")) crash();
  return real_base()->GetVersionString();
}

}  // namespace

extern "C" const OrtApiBase* OrtGetApiBase() noexcept {
  static const OrtApiBase base = {patched_api, version_string};
  return &base;
}
