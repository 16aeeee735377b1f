#pragma once

#include <onnxruntime_c_api.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"

namespace ortopt::onnxruntime {

/// Frees an object of the runtime with the release function of the table it came from.
template <auto Release>
struct Releaser {
  const OrtApi* api = nullptr;
  template <class Object>
  void operator()(Object* object) const {
    (api->*Release)(object);
  }
};

template <class Object, auto Release>
using Owned = std::unique_ptr<Object, Releaser<Release>>;

using Environment = Owned<OrtEnv, &OrtApi::ReleaseEnv>;
using Options = Owned<OrtSessionOptions, &OrtApi::ReleaseSessionOptions>;
using SessionHandle = Owned<OrtSession, &OrtApi::ReleaseSession>;
using MemoryInfo = Owned<OrtMemoryInfo, &OrtApi::ReleaseMemoryInfo>;
using ValueHandle = Owned<OrtValue, &OrtApi::ReleaseValue>;
using Binding = Owned<OrtIoBinding, &OrtApi::ReleaseIoBinding>;
using TypeInfo = Owned<OrtTypeInfo, &OrtApi::ReleaseTypeInfo>;
using ShapeInfo = Owned<OrtTensorTypeAndShapeInfo, &OrtApi::ReleaseTensorTypeAndShapeInfo>;

/// Nothing on success, else the runtime's own words. Frees `status`.
[[nodiscard]] Result<void> checked(const OrtApi& api, OrtStatus* status);

/// Calls `create` with the address of a fresh pointer and takes what it leaves there.
template <class Handle, class Create>
[[nodiscard]] Result<Handle> make(const OrtApi& api, const Create& create) {
  typename Handle::pointer made = nullptr;
  Result<void> done = checked(api, create(&made));
  if (!done) return pass_on(done.error());
  return Handle(made, typename Handle::deleter_type{&api});
}

/// The providers that the library was built with, by their short names ("cuda").
[[nodiscard]] std::vector<std::string> available_providers(const OrtApi& api);

/// "CUDAExecutionProvider" and "CUDA" are called "cuda".
[[nodiscard]] std::string short_provider_name(std::string_view provider);

/// Adds `providers` to the options of a session, in their order. Fails with `usage` for one that
/// this runtime lacks, naming those that it has.
[[nodiscard]] Result<void> append_providers(const OrtApi& api, OrtSessionOptions* options,
                                            const std::vector<Provider>& providers);

}  // namespace ortopt::onnxruntime
