#include "engine/onnxruntime_session.h"

#include <utility>

#include "engine/onnxruntime_options.h"
#include "engine/onnxruntime_signature.h"
#include "engine/onnxruntime_tensor.h"

namespace ortopt::onnxruntime {
namespace {

class OnnxRuntimeSession final : public Session {
 public:
  OnnxRuntimeSession(std::shared_ptr<const SessionState> state, bool is_profiled)
      : state_(std::move(state)), is_profiled_(is_profiled) {}

  [[nodiscard]] const std::vector<Port>& inputs() const override { return state_->inputs; }
  [[nodiscard]] const std::vector<Port>& outputs() const override { return state_->outputs; }

  [[nodiscard]] Result<std::vector<NamedTensor>> run(
      const std::vector<NamedTensor>& feeds) override {
    std::vector<Feed> held;
    std::vector<const char*> input_names;
    std::vector<const OrtValue*> values;
    for (const NamedTensor& feed : feeds) {
      Result<Feed> value = to_runtime(api(), state_->cpu_memory.get(), feed.tensor);
      if (!value) return within(value.error(), "while feeding input '" + feed.name + "'");
      held.push_back(std::move(*value));
      values.push_back(held.back().value.get());
      input_names.push_back(feed.name.c_str());
    }
    std::vector<const char*> output_names;
    for (const Port& output : outputs()) output_names.push_back(output.name.c_str());
    std::vector<OrtValue*> results(output_names.size(), nullptr);
    Result<void> done = checked(
        api(), api().Run(state_->session.get(), nullptr, input_names.data(), values.data(),
                         values.size(), output_names.data(), output_names.size(), results.data()));
    if (!done) return pass_on(done.error());
    std::vector<ValueHandle> handles;
    for (OrtValue* value : results) handles.emplace_back(value, ValueHandle::deleter_type{&api()});
    return named_tensors(api(), outputs(), handles);
  }

  [[nodiscard]] Result<std::unique_ptr<BoundRun>> bind(
      const std::vector<NamedTensor>& feeds) override {
    return bind_run(state_, feeds);
  }

  [[nodiscard]] Result<std::filesystem::path> end_profiling() override {
    if (!std::exchange(is_profiled_, false))
      return fail(Code::usage, "the session was not opened with a profile, or it has ended");
    OrtAllocator* allocator = nullptr;
    char* name = nullptr;
    if (Result<void> done = checked(api(), api().GetAllocatorWithDefaultOptions(&allocator)); !done)
      return pass_on(done.error());
    if (Result<void> done =
            checked(api(), api().SessionEndProfiling(state_->session.get(), allocator, &name));
        !done)
      return pass_on(done.error());
    std::filesystem::path path = name;
    (void)checked(api(), api().AllocatorFree(allocator, name));
    return path;
  }

 private:
  [[nodiscard]] const OrtApi& api() const { return state_->api(); }

  std::shared_ptr<const SessionState> state_;
  bool is_profiled_;
};

/// Where outputs stay: in the memory of the first provider's device when it has one of its own.
Result<MemoryInfo> output_memory(const OrtApi& api, const std::vector<Provider>& providers) {
  if (providers.empty()) return MemoryInfo();
  const Provider& first = providers.front();
  const std::string name = short_provider_name(first.name);
  if (name != "cuda" && name != "tensorrt") return MemoryInfo();
  const auto device = first.options.find("device_id");
  const int number = device == first.options.end() ? 0 : std::atoi(device->second.c_str());
  return make<MemoryInfo>(api, [&](OrtMemoryInfo** out) {
    return api.CreateMemoryInfo("Cuda", OrtDeviceAllocator, number, OrtMemTypeDefault, out);
  });
}

Result<MemoryInfo> cpu_memory(const OrtApi& api) {
  return make<MemoryInfo>(api, [&](OrtMemoryInfo** out) {
    return api.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, out);
  });
}

}  // namespace

Result<std::unique_ptr<Session>> open_session(std::shared_ptr<const Runtime> runtime,
                                              const std::filesystem::path& model,
                                              const SessionOptions& options) {
  const OrtApi& api = *runtime->api;
  Result<Options> made = make_options(api, options);
  if (!made) return pass_on(made.error());
  Result<SessionHandle> session = make<SessionHandle>(api, [&](OrtSession** out) {
    return api.CreateSession(runtime->environment.get(), model.c_str(), made->get(), out);
  });
  if (!session) return pass_on(session.error());
  Result<MemoryInfo> cpu = cpu_memory(api);
  if (!cpu) return pass_on(cpu.error());
  Result<MemoryInfo> device = output_memory(api, options.providers);
  if (!device) return pass_on(device.error());
  Result<std::vector<Port>> inputs = read_inputs(api, session->get());
  if (!inputs) return pass_on(inputs.error());
  Result<std::vector<Port>> outputs = read_outputs(api, session->get());
  if (!outputs) return pass_on(outputs.error());
  auto state = std::make_shared<const SessionState>(
      SessionState{std::move(runtime), std::move(*session), std::move(*cpu), std::move(*device),
                   std::move(*inputs), std::move(*outputs)});
  return std::make_unique<OnnxRuntimeSession>(std::move(state), !options.profile_prefix.empty());
}

}  // namespace ortopt::onnxruntime
