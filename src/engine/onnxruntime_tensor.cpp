#include "engine/onnxruntime_tensor.h"

#include <cstring>
#include <utility>
#include <vector>

namespace ortopt::onnxruntime {
namespace {

Result<Feed> strings_to_runtime(const OrtApi& api, const Tensor& tensor) {
  OrtAllocator* allocator = nullptr;
  if (Result<void> done = checked(api, api.GetAllocatorWithDefaultOptions(&allocator)); !done)
    return pass_on(done.error());
  Result<ValueHandle> value = make<ValueHandle>(api, [&](OrtValue** out) {
    return api.CreateTensorAsOrtValue(allocator, tensor.dims().data(), tensor.dims().size(),
                                      ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, out);
  });
  if (!value) return pass_on(value.error());
  std::vector<const char*> pointers;
  for (const std::string& text : *std::get<Tensor::Strings>(tensor.content()))
    pointers.push_back(text.c_str());
  if (Result<void> done =
          checked(api, api.FillStringTensor(value->get(), pointers.data(), pointers.size()));
      !done)
    return pass_on(done.error());
  return Feed{std::move(*value), nullptr};
}

Result<Tensor> strings_from_runtime(const OrtApi& api, const OrtValue* value,
                                    std::vector<int64_t> dims, std::size_t count) {
  auto strings = std::make_shared<std::vector<std::string>>(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t length = 0;
    if (Result<void> done = checked(api, api.GetStringTensorElementLength(value, i, &length));
        !done)
      return pass_on(done.error());
    (*strings)[i].resize(length);
    if (Result<void> done =
            checked(api, api.GetStringTensorElement(value, length, i, (*strings)[i].data()));
        !done)
      return pass_on(done.error());
  }
  return Tensor(DataType::string, std::move(dims), Tensor::Strings(std::move(strings)));
}

}  // namespace

Result<Feed> to_runtime(const OrtApi& api, const OrtMemoryInfo* memory, const Tensor& tensor) {
  if (tensor.dtype() == DataType::string) return strings_to_runtime(api, tensor);
  Result<Tensor::Bytes> bytes = tensor.bytes();
  if (!bytes) return pass_on(bytes.error());
  // An empty tensor still needs an address.
  static std::byte nothing{};
  void* data = (*bytes)->empty() ? &nothing : const_cast<std::byte*>((*bytes)->data());
  Result<ValueHandle> value = make<ValueHandle>(api, [&](OrtValue** out) {
    return api.CreateTensorWithDataAsOrtValue(
        memory, data, (*bytes)->size(), tensor.dims().data(), tensor.dims().size(),
        static_cast<ONNXTensorElementDataType>(tensor.dtype()), out);
  });
  if (!value) return pass_on(value.error());
  return Feed{std::move(*value), std::move(*bytes)};
}

Result<Tensor> from_runtime(const OrtApi& api, const OrtValue* value) {
  Result<ShapeInfo> info = make<ShapeInfo>(
      api, [&](OrtTensorTypeAndShapeInfo** out) { return api.GetTensorTypeAndShape(value, out); });
  if (!info) return fail(Code::failure, "it is no tensor");
  ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  std::size_t rank = 0;
  std::size_t count = 0;
  (void)checked(api, api.GetTensorElementType(info->get(), &element));
  (void)checked(api, api.GetDimensionsCount(info->get(), &rank));
  (void)checked(api, api.GetTensorShapeElementCount(info->get(), &count));
  std::vector<int64_t> dims(rank);
  (void)checked(api, api.GetDimensions(info->get(), dims.data(), rank));
  const auto type = static_cast<DataType>(element);
  if (type == DataType::string) return strings_from_runtime(api, value, std::move(dims), count);
  void* data = nullptr;
  if (Result<void> done =
          checked(api, api.GetTensorMutableData(const_cast<OrtValue*>(value), &data));
      !done)
    return pass_on(done.error());
  auto bytes = std::make_shared<std::vector<std::byte>>((count * bits_of(type) + 7) / 8);
  if (!bytes->empty()) std::memcpy(bytes->data(), data, bytes->size());
  return Tensor(type, std::move(dims), Tensor::Bytes(std::move(bytes)));
}

Result<std::vector<NamedTensor>> named_tensors(const OrtApi& api, const std::vector<Port>& outputs,
                                               const std::vector<ValueHandle>& values) {
  std::vector<NamedTensor> out;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string& name = outputs[i].name;
    if (values[i] == nullptr) return fail(Code::failure, "output '" + name + "' was not computed");
    Result<Tensor> tensor = from_runtime(api, values[i].get());
    if (!tensor) return within(tensor.error(), "while reading output '" + name + "'");
    out.push_back({name, std::move(*tensor)});
  }
  return out;
}

}  // namespace ortopt::onnxruntime
