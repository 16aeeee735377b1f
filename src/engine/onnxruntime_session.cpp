#include "engine/onnxruntime_session.h"

#include <utility>

#include "engine/onnxruntime_tensor.h"

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

Result<void> set_optimized_path(const OrtApi& api, OrtSessionOptions* to,
                                const SessionOptions& options) {
  const std::filesystem::path& path = options.optimized_model_path;
  if (path.empty()) return {};
  if (Result<void> done = checked(api, api.SetOptimizedModelFilePath(to, path.c_str())); !done)
    return done;
  if (!options.optimized_weights_apart) return {};
  const std::string data = path.filename().string() + ".data";
  return checked(
      api, api.AddSessionConfigEntry(to, "session.optimized_model_external_initializers_file_name",
                                     data.c_str()));
}

Result<Options> make_options(const OrtApi& api, const SessionOptions& options) {
  Result<Options> made = make<Options>(api, api.CreateSessionOptions);
  if (!made) return made;
  OrtSessionOptions* to = made->get();
  for (OrtStatus* status : {
           api.SetSessionLogSeverityLevel(to, ORT_LOGGING_LEVEL_FATAL),
           api.SetSessionGraphOptimizationLevel(to, level_of(options.optimization)),
           api.SetIntraOpNumThreads(to, options.intra_op_threads),
           // Threads that spin between operators burn the processor for nothing here.
           api.AddSessionConfigEntry(to, "session.intra_op.allow_spinning", "0"),
       })
    if (Result<void> done = checked(api, status); !done) return pass_on(done.error());
  if (Result<void> done = set_optimized_path(api, to, options); !done) return pass_on(done.error());
  if (Result<void> done = append_provider(api, to, options.provider); !done)
    return pass_on(done.error());
  return made;
}

void read_shape(const OrtApi& api, const OrtTensorTypeAndShapeInfo* shape, Port& port) {
  ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  (void)checked(api, api.GetTensorElementType(shape, &element));
  port.type = static_cast<DataType>(element);
  std::size_t rank = 0;
  (void)checked(api, api.GetDimensionsCount(shape, &rank));
  port.dims.resize(rank);
  std::vector<const char*> symbols(rank, nullptr);
  (void)checked(api, api.GetDimensions(shape, port.dims.data(), rank));
  (void)checked(api, api.GetSymbolicDimensions(shape, symbols.data(), rank));
  for (const char* symbol : symbols) port.symbols.emplace_back(symbol == nullptr ? "" : symbol);
}

class OnnxRuntimeSession final : public Session {
 public:
  OnnxRuntimeSession(std::shared_ptr<const Runtime> runtime, SessionHandle session,
                     MemoryInfo memory)
      : runtime_(std::move(runtime)), session_(std::move(session)), memory_(std::move(memory)) {}

  Result<void> read_signature() {
    std::size_t count = 0;
    if (Result<void> done = checked(api(), api().SessionGetInputCount(session_.get(), &count));
        !done)
      return done;
    for (std::size_t i = 0; i < count; ++i) {
      Result<Port> port = read_port(i, api().SessionGetInputName, api().SessionGetInputTypeInfo);
      if (!port) return pass_on(port.error());
      inputs_.push_back(std::move(*port));
    }
    if (Result<void> done = checked(api(), api().SessionGetOutputCount(session_.get(), &count));
        !done)
      return done;
    for (std::size_t i = 0; i < count; ++i) {
      Result<Port> port = read_port(i, api().SessionGetOutputName, api().SessionGetOutputTypeInfo);
      if (!port) return pass_on(port.error());
      outputs_.push_back(std::move(*port));
    }
    return {};
  }

  [[nodiscard]] const std::vector<Port>& inputs() const override { return inputs_; }
  [[nodiscard]] const std::vector<Port>& outputs() const override { return outputs_; }

  [[nodiscard]] Result<std::vector<NamedTensor>> run(
      const std::vector<NamedTensor>& feeds) override {
    std::vector<Feed> held;
    std::vector<const char*> input_names;
    std::vector<const OrtValue*> values;
    for (const NamedTensor& feed : feeds) {
      Result<Feed> value = to_runtime(api(), memory_.get(), feed.tensor);
      if (!value) return within(value.error(), "while feeding input '" + feed.name + "'");
      held.push_back(std::move(*value));
      values.push_back(held.back().value.get());
      input_names.push_back(feed.name.c_str());
    }
    std::vector<const char*> output_names;
    for (const Port& output : outputs_) output_names.push_back(output.name.c_str());
    std::vector<OrtValue*> results(outputs_.size(), nullptr);
    Result<void> done = checked(
        api(), api().Run(session_.get(), nullptr, input_names.data(), values.data(), values.size(),
                         output_names.data(), output_names.size(), results.data()));
    if (!done) return pass_on(done.error());
    return take(results);
  }

 private:
  [[nodiscard]] const OrtApi& api() const { return *runtime_->api; }

  template <class GetName, class GetType>
  Result<Port> read_port(std::size_t index, GetName get_name, GetType get_type) {
    OrtAllocator* allocator = nullptr;
    char* name = nullptr;
    if (Result<void> done = checked(api(), api().GetAllocatorWithDefaultOptions(&allocator)); !done)
      return pass_on(done.error());
    if (Result<void> done = checked(api(), get_name(session_.get(), index, allocator, &name));
        !done)
      return pass_on(done.error());
    Port port{name, DataType::undefined, {}, {}};
    (void)checked(api(), api().AllocatorFree(allocator, name));
    Result<TypeInfo> type = make<TypeInfo>(
        api(), [&](OrtTypeInfo** out) { return get_type(session_.get(), index, out); });
    if (!type) return pass_on(type.error());
    const OrtTensorTypeAndShapeInfo* shape = nullptr;  // Belongs to `type`; null for no tensor.
    if (Result<void> done = checked(api(), api().CastTypeInfoToTensorInfo(type->get(), &shape));
        done && shape != nullptr)
      read_shape(api(), shape, port);
    return port;
  }

  Result<std::vector<NamedTensor>> take(const std::vector<OrtValue*>& results) {
    std::vector<ValueHandle> handles;
    for (OrtValue* value : results)
      handles.emplace_back(value, ValueHandle::deleter_type{runtime_->api});
    std::vector<NamedTensor> out;
    for (std::size_t i = 0; i < handles.size(); ++i) {
      if (handles[i] == nullptr)
        return fail(Code::failure, "output '" + outputs_[i].name + "' was not computed");
      Result<Tensor> tensor = from_runtime(api(), handles[i].get());
      if (!tensor) return within(tensor.error(), "while reading output '" + outputs_[i].name + "'");
      out.push_back({outputs_[i].name, std::move(*tensor)});
    }
    return out;
  }

  std::shared_ptr<const Runtime> runtime_;
  SessionHandle session_;
  MemoryInfo memory_;
  std::vector<Port> inputs_;
  std::vector<Port> outputs_;
};

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
  Result<MemoryInfo> memory = make<MemoryInfo>(api, [&](OrtMemoryInfo** out) {
    return api.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, out);
  });
  if (!memory) return pass_on(memory.error());
  auto opened = std::make_unique<OnnxRuntimeSession>(std::move(runtime), std::move(*session),
                                                     std::move(*memory));
  if (Result<void> done = opened->read_signature(); !done) return pass_on(done.error());
  return opened;
}

}  // namespace ortopt::onnxruntime
