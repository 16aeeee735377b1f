#include <utility>

#include "engine/onnxruntime_session.h"
#include "engine/onnxruntime_tensor.h"

namespace ortopt::onnxruntime {
namespace {

using State = std::shared_ptr<const SessionState>;

/// The values that a binding's last run left in its outputs.
Result<std::vector<ValueHandle>> bound_values(const OrtApi& api, const OrtIoBinding* binding) {
  OrtAllocator* allocator = nullptr;
  if (Result<void> done = checked(api, api.GetAllocatorWithDefaultOptions(&allocator)); !done)
    return pass_on(done.error());
  OrtValue** values = nullptr;
  std::size_t count = 0;
  if (Result<void> done =
          checked(api, api.GetBoundOutputValues(binding, allocator, &values, &count));
      !done)
    return pass_on(done.error());
  std::vector<ValueHandle> out;
  for (std::size_t i = 0; i < count; ++i)
    out.emplace_back(values[i], ValueHandle::deleter_type{&api});
  if (values != nullptr) (void)checked(api, api.AllocatorFree(allocator, values));
  return out;
}

/// A binding of all outputs to `memory`, where each run makes them anew.
Result<Binding> make_binding(const SessionState& state, const std::vector<NamedTensor>& names,
                             const std::vector<Feed>& feeds, const OrtMemoryInfo* memory) {
  const OrtApi& api = state.api();
  Result<Binding> binding = make<Binding>(
      api, [&](OrtIoBinding** out) { return api.CreateIoBinding(state.session.get(), out); });
  if (!binding) return binding;
  for (std::size_t i = 0; i < feeds.size(); ++i)
    if (Result<void> done = checked(
            api, api.BindInput(binding->get(), names[i].name.c_str(), feeds[i].value.get()));
        !done)
      return within(done.error(), "while feeding input '" + names[i].name + "'");
  for (const Port& output : state.outputs)
    if (Result<void> done =
            checked(api, api.BindOutputToDevice(binding->get(), output.name.c_str(), memory));
        !done)
      return within(done.error(), "while binding output '" + output.name + "'");
  if (Result<void> done = checked(api, api.SynchronizeBoundInputs(binding->get())); !done)
    return pass_on(done.error());
  return binding;
}

class OnnxRuntimeBoundRun final : public BoundRun {
 public:
  OnnxRuntimeBoundRun(State state, std::vector<NamedTensor> names, std::vector<Feed> feeds,
                      Binding binding)
      : state_(std::move(state)),
        names_(std::move(names)),
        feeds_(std::move(feeds)),
        binding_(std::move(binding)) {}

  [[nodiscard]] Result<void> run() override {
    if (Result<void> done = run(binding_.get()); !done) return done;
    if (has_run_) return {};
    has_run_ = true;
    return keep_outputs();
  }

  [[nodiscard]] Result<std::vector<NamedTensor>> outputs() override {
    if (!has_run_) return fail(Code::usage, "a bound run has no outputs before its first run");
    if (state_->output_memory == nullptr) return read(binding_.get());
    Result<Binding> on_cpu = make_binding(*state_, names_, feeds_, state_->cpu_memory.get());
    if (!on_cpu) return pass_on(on_cpu.error());
    if (Result<void> done = run(on_cpu->get()); !done) return pass_on(done.error());
    return read(on_cpu->get());
  }

 private:
  [[nodiscard]] const OrtApi& api() const { return state_->api(); }

  [[nodiscard]] Result<void> run(const OrtIoBinding* binding) const {
    return checked(api(), api().RunWithBinding(state_->session.get(), nullptr, binding));
  }

  /// Lets later runs write into the outputs of the first one: with the same inputs they have the
  /// same shapes. What is no plain tensor is made anew each time.
  Result<void> keep_outputs() {
    Result<std::vector<ValueHandle>> values = bound_values(api(), binding_.get());
    if (!values) return pass_on(values.error());
    for (std::size_t i = 0; i < values->size(); ++i) {
      const Port& output = state_->outputs[i];
      if (output.type == DataType::undefined || output.type == DataType::string) continue;
      if (Result<void> done = checked(
              api(), api().BindOutput(binding_.get(), output.name.c_str(), (*values)[i].get()));
          !done)
        return done;
    }
    return {};
  }

  [[nodiscard]] Result<std::vector<NamedTensor>> read(const OrtIoBinding* binding) const {
    Result<std::vector<ValueHandle>> values = bound_values(api(), binding);
    if (!values) return pass_on(values.error());
    return named_tensors(api(), state_->outputs, *values);
  }

  State state_;
  std::vector<NamedTensor> names_;
  std::vector<Feed> feeds_;  ///< Hold the bytes that the binding reads.
  Binding binding_;
  bool has_run_ = false;
};

}  // namespace

Result<std::unique_ptr<BoundRun>> bind_run(State state, const std::vector<NamedTensor>& feeds) {
  std::vector<Feed> held;
  for (const NamedTensor& feed : feeds) {
    Result<Feed> value = to_runtime(state->api(), state->cpu_memory.get(), feed.tensor);
    if (!value) return within(value.error(), "while feeding input '" + feed.name + "'");
    held.push_back(std::move(*value));
  }
  const OrtMemoryInfo* memory =
      state->output_memory == nullptr ? state->cpu_memory.get() : state->output_memory.get();
  Result<Binding> binding = make_binding(*state, feeds, held, memory);
  if (!binding) return pass_on(binding.error());
  return std::make_unique<OnnxRuntimeBoundRun>(std::move(state), feeds, std::move(held),
                                               std::move(*binding));
}

}  // namespace ortopt::onnxruntime
