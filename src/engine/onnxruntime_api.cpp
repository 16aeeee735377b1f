#include "engine/onnxruntime_api.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace ortopt::onnxruntime {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// The providers that the library was built with: "CPUExecutionProvider", …
std::vector<std::string> available_providers(const OrtApi& api) {
  char** names = nullptr;
  int count = 0;
  if (!checked(api, api.GetAvailableProviders(&names, &count))) return {};
  std::vector<std::string> out(names, names + count);
  (void)checked(api, api.ReleaseAvailableProviders(names, count));
  return out;
}

/// "CUDAExecutionProvider" is called "cuda".
std::string short_name(std::string_view provider) {
  constexpr std::string_view ending = "ExecutionProvider";
  if (provider.ends_with(ending)) provider.remove_suffix(ending.size());
  return lower(provider);
}

Result<void> append_cuda(const OrtApi& api, OrtSessionOptions* options) {
  using Handle = Owned<OrtCUDAProviderOptionsV2, &OrtApi::ReleaseCUDAProviderOptions>;
  Result<Handle> cuda = make<Handle>(api, api.CreateCUDAProviderOptions);
  if (!cuda) return pass_on(cuda.error());
  return checked(api, api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, cuda->get()));
}

Result<void> append_tensorrt(const OrtApi& api, OrtSessionOptions* options) {
  using Handle = Owned<OrtTensorRTProviderOptionsV2, &OrtApi::ReleaseTensorRTProviderOptions>;
  Result<Handle> tensorrt = make<Handle>(api, api.CreateTensorRTProviderOptions);
  if (!tensorrt) return pass_on(tensorrt.error());
  Result<void> done =
      checked(api, api.SessionOptionsAppendExecutionProvider_TensorRT_V2(options, tensorrt->get()));
  if (!done) return done;
  return append_cuda(api, options);
}

Result<void> append_rocm(const OrtApi& api, OrtSessionOptions* options) {
  const OrtROCMProviderOptions rocm;
  return checked(api, api.SessionOptionsAppendExecutionProvider_ROCM(options, &rocm));
}

/// The spellings that the runtime's generic entry point knows.
constexpr std::array generic_names = {"QNN",   "SNPE",    "XNNPACK", "AZURE",    "OpenVINO",
                                      "WebNN", "VitisAI", "CoreML",  "MIGraphX", "WebGPU"};

}  // namespace

Result<void> checked(const OrtApi& api, OrtStatus* status) {
  if (status == nullptr) return {};
  std::string message = api.GetErrorMessage(status);
  api.ReleaseStatus(status);
  return fail(Code::failure, std::move(message));
}

Result<void> append_provider(const OrtApi& api, OrtSessionOptions* options, std::string_view name) {
  const std::string wanted = short_name(name);
  if (wanted == "cpu" || wanted.empty()) return {};
  std::string known;
  for (const std::string& provider : available_providers(api))
    known += (known.empty() ? "" : ", ") + short_name(provider);
  if (known.find(wanted) == std::string::npos)
    return fail(Code::usage, "the runtime has no execution provider '" + std::string(name) +
                                 "'; it has " + known);
  if (wanted == "cuda") return append_cuda(api, options);
  if (wanted == "tensorrt") return append_tensorrt(api, options);
  if (wanted == "rocm") return append_rocm(api, options);
  std::string spelling(name);
  for (const char* candidate : generic_names)
    if (lower(candidate) == wanted) spelling = candidate;
  return checked(api, api.SessionOptionsAppendExecutionProvider(options, spelling.c_str(), nullptr,
                                                                nullptr, 0));
}

}  // namespace ortopt::onnxruntime
