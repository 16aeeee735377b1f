#include "ir/text_tokens.h"

#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

// Constants with more elements than this are told by their digest.
constexpr int64_t inline_elements = 16;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class Number>
std::string shortest(Number number) {
  if (number != number) return "nan";
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

template <class Dims, class Text>
std::string dims_text(const Dims& dims, const Text& text) {
  std::string list;
  for (const auto& dim : dims) list += (list.empty() ? "" : ",") + text(dim);
  return list.empty() ? list : "[" + list + "]";
}

std::string dim_text(const onnx::TensorShapeProto_Dimension& dim) {
  if (dim.has_dim_value()) return std::to_string(dim.dim_value());
  if (dim.has_dim_param() && !dim.dim_param().empty()) return name_text(dim.dim_param());
  return "?";
}

template <class TensorType>
std::string tensor_type_text(const TensorType& type) {
  const std::string element = name_of(static_cast<DataType>(type.elem_type()));
  return type.has_shape() ? element + dims_text(type.shape().dim(), dim_text) : element + "[]";
}

/// Elements of the packed bytes, each as `Stored`, spelled by `spell`.
template <class Stored, class Spell>
std::string elements_text(const std::vector<std::byte>& bytes, const Spell& spell) {
  std::string list;
  for (std::size_t at = 0; at + sizeof(Stored) <= bytes.size(); at += sizeof(Stored)) {
    Stored element;
    std::memcpy(&element, bytes.data() + at, sizeof(Stored));
    list += (at == 0 ? "" : ", ") + spell(element);
  }
  return "{" + list + "}";
}

std::string elements_text(DataType type, const std::vector<std::byte>& bytes) {
  const auto integer = [](auto number) { return std::to_string(number); };
  const auto real = [](auto number) { return number_text(number); };
  switch (type) {
    case DataType::float32:
      return elements_text<float>(bytes, real);
    case DataType::float64:
      return elements_text<double>(bytes, real);
    case DataType::int64:
      return elements_text<int64_t>(bytes, integer);
    case DataType::uint64:
      return elements_text<uint64_t>(bytes, integer);
    case DataType::int32:
      return elements_text<int32_t>(bytes, integer);
    case DataType::uint32:
      return elements_text<uint32_t>(bytes, integer);
    case DataType::int16:
      return elements_text<int16_t>(bytes, integer);
    case DataType::uint16:
    case DataType::float16:  // the syntax takes 16-bit floats as their bits
    case DataType::bfloat16:
      return elements_text<uint16_t>(bytes, integer);
    case DataType::int8:
      return elements_text<int8_t>(bytes, integer);
    case DataType::uint8:
    case DataType::boolean:
      return elements_text<uint8_t>(bytes, integer);
    default:
      return "";
  }
}

std::string strings_text(const std::vector<std::string>& strings) {
  std::string list;
  for (const std::string& text : strings) list += (list.empty() ? "" : ", ") + quoted_text(text);
  return "{" + list + "}";
}

}  // namespace

bool is_plain_name(std::string_view name) {
  if (name.empty() || !is_letter(name.front())) return false;
  if (!std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); }))
    return false;
  const std::string text(name);
  return !onnx::PrimitiveTypeNameMap::IsTypeName(text) &&
         onnx::KeyWordMap::Lookup(text) == onnx::KeyWordMap::KeyWord::NONE;
}

std::string quoted_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

std::string name_text(std::string_view name) {
  return is_plain_name(name) ? std::string(name) : quoted_text(name);
}

std::string number_text(double number) { return shortest(number); }
std::string number_text(float number) { return shortest(number); }

std::string type_text(const onnx::TypeProto& type) {
  if (type.has_tensor_type()) return tensor_type_text(type.tensor_type());
  if (type.has_sequence_type()) return "seq(" + type_text(type.sequence_type().elem_type()) + ")";
  if (type.has_optional_type())
    return "optional(" + type_text(type.optional_type().elem_type()) + ")";
  if (type.has_sparse_tensor_type())
    return "sparse_tensor(" + tensor_type_text(type.sparse_tensor_type()) + ")";
  if (type.has_map_type())
    return "map(" + name_of(static_cast<DataType>(type.map_type().key_type())) + ", " +
           type_text(type.map_type().value_type()) + ")";
  return "";
}

std::string type_text(const Tensor& tensor) {
  return name_of(tensor.dtype()) +
         dims_text(tensor.dims(), [](int64_t dim) { return std::to_string(dim); });
}

std::string content_text(const Tensor& tensor) {
  if (tensor.element_count() > inline_elements) return "";
  if (const auto* strings = std::get_if<Tensor::Strings>(&tensor.content()))
    return strings_text(**strings);
  const Result<Tensor::Bytes> bytes = tensor.bytes();
  return bytes ? elements_text(tensor.dtype(), **bytes) : "";
}

std::string digest_text(const Tensor& tensor) {
  constexpr uint64_t block = 1 << 20;
  const uint64_t size = tensor.byte_size();
  const std::unique_ptr<XXH64_state_t, decltype(&XXH64_freeState)> state(XXH64_createState(),
                                                                         &XXH64_freeState);
  XXH64_reset(state.get(), 0);
  std::vector<std::byte> buffer(std::min(block, size));
  for (uint64_t at = 0; at < size; at += block) {
    const std::span<std::byte> part(buffer.data(), std::min(block, size - at));
    if (!read_content(tensor, at, part)) return std::to_string(size) + " bytes, unreadable";
    XXH64_update(state.get(), part.data(), part.size());
  }
  std::array<char, 17> hexadecimal{};
  std::snprintf(hexadecimal.data(), hexadecimal.size(), "%016llx",
                static_cast<unsigned long long>(XXH64_digest(state.get())));
  return std::to_string(size) + " bytes, xxh64 " + hexadecimal.data();
}

}  // namespace ortopt
