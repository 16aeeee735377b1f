#include "engine/onnxruntime_signature.h"

#include <utility>

namespace ortopt::onnxruntime {
namespace {

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

template <class GetName, class GetType>
Result<Port> read_port(const OrtApi& api, const OrtSession* session, std::size_t index,
                       GetName get_name, GetType get_type) {
  OrtAllocator* allocator = nullptr;
  char* name = nullptr;
  if (Result<void> done = checked(api, api.GetAllocatorWithDefaultOptions(&allocator)); !done)
    return pass_on(done.error());
  if (Result<void> done = checked(api, get_name(session, index, allocator, &name)); !done)
    return pass_on(done.error());
  Port port{name, DataType::undefined, {}, {}};
  (void)checked(api, api.AllocatorFree(allocator, name));
  Result<TypeInfo> type =
      make<TypeInfo>(api, [&](OrtTypeInfo** out) { return get_type(session, index, out); });
  if (!type) return pass_on(type.error());
  const OrtTensorTypeAndShapeInfo* shape = nullptr;  // Belongs to `type`; null for no tensor.
  if (Result<void> done = checked(api, api.CastTypeInfoToTensorInfo(type->get(), &shape));
      done && shape != nullptr)
    read_shape(api, shape, port);
  return port;
}

template <class GetCount, class GetName, class GetType>
Result<std::vector<Port>> read_ports(const OrtApi& api, const OrtSession* session,
                                     GetCount get_count, GetName get_name, GetType get_type) {
  std::size_t count = 0;
  if (Result<void> done = checked(api, get_count(session, &count)); !done)
    return pass_on(done.error());
  std::vector<Port> ports;
  for (std::size_t i = 0; i < count; ++i) {
    Result<Port> port = read_port(api, session, i, get_name, get_type);
    if (!port) return pass_on(port.error());
    ports.push_back(std::move(*port));
  }
  return ports;
}

}  // namespace

Result<std::vector<Port>> read_inputs(const OrtApi& api, const OrtSession* session) {
  return read_ports(api, session, api.SessionGetInputCount, api.SessionGetInputName,
                    api.SessionGetInputTypeInfo);
}

Result<std::vector<Port>> read_outputs(const OrtApi& api, const OrtSession* session) {
  return read_ports(api, session, api.SessionGetOutputCount, api.SessionGetOutputName,
                    api.SessionGetOutputTypeInfo);
}

}  // namespace ortopt::onnxruntime
