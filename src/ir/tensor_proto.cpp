#include "ir/tensor_proto.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ortopt {
namespace {

using Bytes = std::vector<std::byte>;

std::string called(const onnx::TensorProto& message) {
  return message.name().empty() ? "a tensor" : "tensor '" + message.name() + "'";
}

Failure bad(const onnx::TensorProto& message, const std::string& what) {
  return fail(Code::bad_model, called(message) + " " + what);
}

/// The product of the dimensions, or nothing when one is negative or the bits do not fit.
std::optional<int64_t> count_elements(const onnx::TensorProto& message, std::size_t bits) {
  uint64_t count = 1;
  constexpr uint64_t limit = uint64_t{1} << 62;
  for (const int64_t dim : message.dims()) {
    if (dim < 0) return std::nullopt;
    if (dim != 0 && count > limit / static_cast<uint64_t>(dim)) return std::nullopt;
    count *= static_cast<uint64_t>(dim);
  }
  if (count > limit / std::max<std::size_t>(bits, 8)) return std::nullopt;
  return static_cast<int64_t>(count);
}

std::string dims_text(const onnx::TensorProto& message) {
  std::string out = "[";
  for (const int64_t dim : message.dims())
    out += (out.size() > 1 ? ", " : "") + std::to_string(dim);
  return out + "]";
}

template <class Field>
void append_as(const Field& numbers, std::size_t width, Bytes& to) {
  to.reserve(static_cast<std::size_t>(numbers.size()) * width);
  for (const auto number : numbers) {
    const auto* first = reinterpret_cast<const std::byte*>(&number);
    to.insert(to.end(), first, first + width);  // Little-endian: the low bytes come first.
  }
}

/// The typed fields as raw bytes; which field a type uses is fixed by ONNX.
Bytes raw_from_fields(const onnx::TensorProto& message, DataType type) {
  Bytes out;
  const std::size_t width = std::max<std::size_t>(bits_of(type) / 8, 1);
  switch (type) {
    case DataType::float32:
    case DataType::complex64:
      append_as(message.float_data(), 4, out);
      break;
    case DataType::float64:
    case DataType::complex128:
      append_as(message.double_data(), 8, out);
      break;
    case DataType::int64:
      append_as(message.int64_data(), 8, out);
      break;
    case DataType::uint32:
    case DataType::uint64:
      append_as(message.uint64_data(), width, out);
      break;
    default:
      append_as(message.int32_data(), width, out);
      break;
  }
  return out;
}

Result<FileExtent> placed_extent(const onnx::TensorProto& message,
                                 std::span<const FileExtent> extents) {
  for (const onnx::StringStringEntryProto& entry : message.external_data()) {
    if (entry.key() != extent_key) continue;
    std::size_t index = 0;
    const std::string& text = entry.value();
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (problem != std::errc() || end != text.data() + text.size() || index >= extents.size())
      return bad(message, "refers to a part of the file that was not found");
    return extents[index];
  }
  return bad(message, "has external data that was not resolved");
}

Result<Tensor> strings_from(const onnx::TensorProto& message, std::vector<int64_t> dims,
                            int64_t count) {
  if (message.string_data_size() != count)
    return bad(message, "has " + std::to_string(message.string_data_size()) +
                            " strings where its " + "dimensions " + dims_text(message) +
                            " ask for " + std::to_string(count));
  return Tensor(DataType::string, std::move(dims),
                std::make_shared<const std::vector<std::string>>(message.string_data().begin(),
                                                                 message.string_data().end()));
}

}  // namespace

std::optional<uint64_t> expected_bytes(const onnx::TensorProto& message) {
  const std::size_t bits = bits_of(static_cast<DataType>(message.data_type()));
  const std::optional<int64_t> count = count_elements(message, bits);
  if (!count) return std::nullopt;
  return (static_cast<uint64_t>(*count) * bits + 7) / 8;
}

Result<Tensor> tensor_from_proto(const onnx::TensorProto& message,
                                 std::span<const FileExtent> extents) {
  const auto type = static_cast<DataType>(message.data_type());
  const std::size_t bits = bits_of(type);
  if (message.has_segment()) return bad(message, "is stored in segments, which nobody supports");
  if (type == DataType::undefined) return bad(message, "has no element type");
  const std::optional<int64_t> count = count_elements(message, bits);
  if (!count) return bad(message, "has impossible dimensions " + dims_text(message));
  std::vector<int64_t> dims(message.dims().begin(), message.dims().end());
  if (type == DataType::string) return strings_from(message, std::move(dims), *count);

  Tensor::Content content;
  uint64_t found = 0;
  if (message.data_location() == onnx::TensorProto::EXTERNAL) {
    Result<FileExtent> extent = placed_extent(message, extents);
    if (!extent) return pass_on(extent.error());
    found = extent->length;
    content = *std::move(extent);
  } else {
    auto bytes = std::make_shared<Bytes>();
    if (message.has_raw_data()) {
      const auto raw = std::as_bytes(std::span(message.raw_data()));
      bytes->assign(raw.begin(), raw.end());
    } else {
      *bytes = raw_from_fields(message, type);
    }
    found = bytes->size();
    content = Tensor::Bytes(std::move(bytes));
  }
  const uint64_t expected = *expected_bytes(message);
  if (bits != 0 && found != expected)
    return bad(message, "of type " + name_of(type) + " and dimensions " + dims_text(message) +
                            " needs " + std::to_string(expected) + " bytes, but " +
                            std::to_string(found) + " were found");
  return Tensor(type, std::move(dims), std::move(content));
}

void tensor_to_proto(const Tensor& tensor, const std::string& name, onnx::TensorProto& message) {
  message.Clear();
  if (!name.empty()) message.set_name(name);
  message.set_data_type(static_cast<int32_t>(tensor.dtype()));
  for (const int64_t dim : tensor.dims()) message.add_dims(dim);
  if (const auto* strings = std::get_if<Tensor::Strings>(&tensor.content())) {
    for (const std::string& text : **strings) message.add_string_data(text);
    return;
  }
  const Result<Tensor::Bytes> bytes = tensor.bytes();
  ensure(bytes.has_value(), "a small tensor's content can be read");
  message.set_raw_data((*bytes)->data(), (*bytes)->size());
}

}  // namespace ortopt
