#include "engine/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

namespace ortopt {
namespace {

struct TypeName {
  std::string_view name;  ///< Without its byte order.
  DataType type;
};

constexpr std::array<TypeName, 14> type_names = {{{"f4", DataType::float32},
                                                  {"f8", DataType::float64},
                                                  {"f2", DataType::float16},
                                                  {"i8", DataType::int64},
                                                  {"i4", DataType::int32},
                                                  {"i2", DataType::int16},
                                                  {"i1", DataType::int8},
                                                  {"u8", DataType::uint64},
                                                  {"u4", DataType::uint32},
                                                  {"u2", DataType::uint16},
                                                  {"u1", DataType::uint8},
                                                  {"b1", DataType::boolean},
                                                  {"c8", DataType::complex64},
                                                  {"c16", DataType::complex128}}};

/// How one element is stored.
struct Element {
  DataType type = DataType::undefined;
  std::size_t width = 0;
  std::size_t swapped = 0;  ///< Bytes that are in reversed order together; 0: none.
  bool is_wide_text = false;
};

std::optional<Element> text_element(std::string_view name, bool is_swapped) {
  std::size_t letters = 0;
  const std::string_view digits = name.substr(1);
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), letters);
  constexpr std::size_t most = 1 << 24;
  if (problem != std::errc() || end != digits.data() + digits.size() || letters > most)
    return std::nullopt;
  const bool is_wide = name.front() == 'U';
  return Element{DataType::string, letters * (is_wide ? 4 : 1), is_swapped && is_wide ? 4U : 0U,
                 is_wide};
}

std::optional<Element> element_of(std::string_view name) {
  if (name.size() < 2) return std::nullopt;
  const bool is_swapped = name.front() == '>';
  if (std::string_view("<>|=").find(name.front()) != std::string_view::npos) name.remove_prefix(1);
  if (name.starts_with("U") || name.starts_with("S")) return text_element(name, is_swapped);
  const auto known = std::ranges::find(type_names, name, &TypeName::name);
  if (known == type_names.end()) return std::nullopt;
  const std::size_t width = bits_of(known->type) / 8;
  const bool is_pair = name.front() == 'c';
  return Element{known->type, width, is_swapped ? width / (is_pair ? 2 : 1) : 0, false};
}

Failure unknown_type(const NpyHeader& header) {
  return fail(Code::usage, "an array of type '" + header.type + "' is neither numbers nor text");
}

/// The elements in row-major order.
std::vector<std::byte> row_major(const std::vector<std::byte>& from,
                                 const std::vector<int64_t>& dims, std::size_t width) {
  std::vector<std::byte> out(from.size());
  std::vector<int64_t> index(dims.size(), 0);
  for (std::size_t to = 0; to < out.size(); to += width) {
    std::size_t place = 0;
    for (std::size_t axis = dims.size(); axis-- > 0;)
      place = place * static_cast<std::size_t>(dims[axis]) + static_cast<std::size_t>(index[axis]);
    std::memcpy(out.data() + to, from.data() + place * width, width);
    for (std::size_t axis = dims.size(); axis-- > 0;) {
      if (++index[axis] < dims[axis]) break;
      index[axis] = 0;
    }
  }
  return out;
}

void append_utf8(uint32_t letter, std::string& to) {
  const auto add = [&](uint32_t byte) { to += static_cast<char>(byte); };
  if (letter < 0x80) return add(letter);
  if (letter < 0x800) {
    add(0xC0U | letter >> 6U);
  } else {
    if (letter < 0x10000) {
      add(0xE0U | letter >> 12U);
    } else {
      add(0xF0U | (letter >> 18U & 0x07U));
      add(0x80U | (letter >> 12U & 0x3FU));
    }
    add(0x80U | (letter >> 6U & 0x3FU));
  }
  add(0x80U | (letter & 0x3FU));
}

/// Texts of a fixed width; the zeros at their ends are padding.
std::vector<std::string> texts(const std::vector<std::byte>& bytes, std::size_t count,
                               const Element& element) {
  std::vector<std::string> out(count);
  const std::size_t step = element.is_wide_text ? 4 : 1;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t at = 0; at < element.width; at += step) {
      uint32_t letter = 0;
      std::memcpy(&letter, bytes.data() + i * element.width + at, step);
      if (letter == 0) break;
      if (element.is_wide_text)
        append_utf8(letter, out[i]);
      else
        out[i] += static_cast<char>(letter);
    }
  return out;
}

}  // namespace

Result<uint64_t> npy_content_size(const NpyHeader& header) {
  const std::optional<Element> element = element_of(header.type);
  if (!element) return unknown_type(header);
  uint64_t size = element->width;
  for (const int64_t dim : header.dims)
    if (__builtin_mul_overflow(size, static_cast<uint64_t>(dim), &size))
      return fail(Code::usage,
                  fmt::format("an array of [{}] is impossible", fmt::join(header.dims, ", ")));
  return size;
}

Result<Tensor> tensor_from_npy(const NpyHeader& header, std::vector<std::byte> bytes) {
  const std::optional<Element> element = element_of(header.type);
  if (!element) return unknown_type(header);
  if (element->swapped > 1)
    for (std::size_t at = 0; at + element->swapped <= bytes.size(); at += element->swapped)
      std::reverse(bytes.data() + at, bytes.data() + at + element->swapped);
  if (header.is_column_major && header.dims.size() > 1 && element->width > 0)
    bytes = row_major(bytes, header.dims, element->width);
  if (element->type != DataType::string)
    return Tensor(element->type, header.dims,
                  std::make_shared<const std::vector<std::byte>>(std::move(bytes)));
  std::size_t count = 1;
  for (const int64_t dim : header.dims) count *= static_cast<std::size_t>(dim);
  return Tensor(DataType::string, header.dims,
                std::make_shared<const std::vector<std::string>>(texts(bytes, count, *element)));
}

Result<std::string> npy_from_tensor(const Tensor& tensor) {
  const auto known = std::ranges::find(type_names, tensor.dtype(), &TypeName::type);
  if (known == type_names.end())
    return fail(Code::usage, "NumPy has no type for " + name_of(tensor.dtype()));
  const Result<Tensor::Bytes> bytes = tensor.bytes();
  if (!bytes) return pass_on(bytes.error());
  std::string header =
      fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}",
                  bits_of(known->type) == 8 ? '|' : '<', known->name,
                  fmt::join(tensor.dims(), ", "), tensor.dims().size() == 1 ? "," : "");
  // The content is to start at a multiple of 64 bytes.
  constexpr std::size_t prefix = 10;
  constexpr std::size_t alignment = 64;
  header.resize((prefix + header.size() + alignment) / alignment * alignment - prefix - 1, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() & 0xFFU);
  out += static_cast<char>(header.size() >> 8U);
  out += header;
  out.append(reinterpret_cast<const char*>((*bytes)->data()), (*bytes)->size());
  return out;
}

}  // namespace ortopt
