#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "engine/onnxruntime_api.h"

namespace ortopt::onnxruntime {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// A provider's options as the C API takes them; they point into the map.
struct KeysAndValues {
  explicit KeysAndValues(const std::map<std::string, std::string>& options) {
    for (const auto& [key, value] : options) {
      keys.push_back(key.c_str());
      values.push_back(value.c_str());
    }
  }
  std::vector<const char*> keys;
  std::vector<const char*> values;
};

/// Providers with an options object of their own: made, filled, appended.
template <auto Release, auto Create, auto Update, auto Append, class Object>
Result<void> append_own(const OrtApi& api, OrtSessionOptions* options, const Provider& provider) {
  using Handle = Owned<Object, Release>;
  Result<Handle> own = make<Handle>(api, api.*Create);
  if (!own) return pass_on(own.error());
  const KeysAndValues given(provider.options);
  if (!given.keys.empty())
    if (Result<void> done = checked(api, (api.*Update)(own->get(), given.keys.data(),
                                                       given.values.data(), given.keys.size()));
        !done)
      return within(done.error(),
                    "while setting options of execution provider '" + provider.name + "'");
  return checked(api, (api.*Append)(options, own->get()));
}

constexpr auto append_cuda =
    append_own<&OrtApi::ReleaseCUDAProviderOptions, &OrtApi::CreateCUDAProviderOptions,
               &OrtApi::UpdateCUDAProviderOptions,
               &OrtApi::SessionOptionsAppendExecutionProvider_CUDA_V2, OrtCUDAProviderOptionsV2>;
constexpr auto append_tensorrt =
    append_own<&OrtApi::ReleaseTensorRTProviderOptions, &OrtApi::CreateTensorRTProviderOptions,
               &OrtApi::UpdateTensorRTProviderOptions,
               &OrtApi::SessionOptionsAppendExecutionProvider_TensorRT_V2,
               OrtTensorRTProviderOptionsV2>;
constexpr auto append_dnnl =
    append_own<&OrtApi::ReleaseDnnlProviderOptions, &OrtApi::CreateDnnlProviderOptions,
               &OrtApi::UpdateDnnlProviderOptions,
               &OrtApi::SessionOptionsAppendExecutionProvider_Dnnl, OrtDnnlProviderOptions>;

Result<void> append_rocm(const OrtApi& api, OrtSessionOptions* options, const Provider& provider) {
  OrtROCMProviderOptions rocm;
  for (const auto& [key, value] : provider.options) {
    if (key != "device_id")
      return fail(Code::usage,
                  "execution provider 'rocm' takes the option 'device_id' only, not '" + key + "'");
    rocm.device_id = std::atoi(value.c_str());
  }
  return checked(api, api.SessionOptionsAppendExecutionProvider_ROCM(options, &rocm));
}

/// The spellings that the runtime's generic entry point knows.
constexpr std::array generic_names = {"QNN",   "SNPE",    "XNNPACK", "AZURE",    "OpenVINO",
                                      "WebNN", "VitisAI", "CoreML",  "MIGraphX", "WebGPU"};

Result<void> append_generic(const OrtApi& api, OrtSessionOptions* options,
                            const Provider& provider) {
  const std::string wanted = short_provider_name(provider.name);
  std::string spelling = provider.name;
  for (const char* candidate : generic_names)
    if (lower(candidate) == wanted) spelling = candidate;
  const KeysAndValues given(provider.options);
  return checked(
      api, api.SessionOptionsAppendExecutionProvider(options, spelling.c_str(), given.keys.data(),
                                                     given.values.data(), given.keys.size()));
}

Result<void> append_provider(const OrtApi& api, OrtSessionOptions* options,
                             const Provider& provider) {
  const std::string wanted = short_provider_name(provider.name);
  if (wanted == "cpu" || wanted.empty()) {
    if (provider.options.empty()) return {};
    return fail(Code::usage, "execution provider 'cpu' takes no options, not even '" +
                                 provider.options.begin()->first +
                                 "'; threads and the session's configuration say how it works");
  }
  const std::vector<std::string> known = available_providers(api);
  if (std::ranges::find(known, wanted) == known.end()) {
    std::string names;
    for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
    return fail(Code::usage,
                "the runtime has no execution provider '" + provider.name + "'; it has " + names);
  }
  if (wanted == "cuda") return append_cuda(api, options, provider);
  if (wanted == "tensorrt") return append_tensorrt(api, options, provider);
  if (wanted == "dnnl") return append_dnnl(api, options, provider);
  if (wanted == "rocm") return append_rocm(api, options, provider);
  return append_generic(api, options, provider);
}

}  // namespace

std::string short_provider_name(std::string_view provider) {
  constexpr std::string_view ending = "ExecutionProvider";
  if (provider.ends_with(ending)) provider.remove_suffix(ending.size());
  return lower(provider);
}

std::vector<std::string> available_providers(const OrtApi& api) {
  char** names = nullptr;
  int count = 0;
  if (!checked(api, api.GetAvailableProviders(&names, &count))) return {};
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) out.push_back(short_provider_name(names[i]));
  (void)checked(api, api.ReleaseAvailableProviders(names, count));
  return out;
}

Result<void> append_providers(const OrtApi& api, OrtSessionOptions* options,
                              const std::vector<Provider>& providers) {
  for (const Provider& provider : providers)
    if (Result<void> done = append_provider(api, options, provider); !done) return done;
  // TensorRT leaves what it does not know to CUDA rather than to the CPU.
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(providers, [&](const Provider& provider) {
      return short_provider_name(provider.name) == name;
    });
  };
  if (has("tensorrt") && !has("cuda")) return append_provider(api, options, {.name = "cuda"});
  return {};
}

}  // namespace ortopt::onnxruntime
