#include "ortopt/ir/tensor.h"

#include <algorithm>
#include <utility>

#include "ir/element.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

uint64_t packed_size(DataType type, int64_t count) {
  return (static_cast<uint64_t>(count) * bits_of(type) + 7) / 8;
}

uint64_t content_size(const Tensor::Content& content) {
  if (const auto* bytes = std::get_if<Tensor::Bytes>(&content))
    return *bytes == nullptr ? 0 : (*bytes)->size();
  if (const auto* extent = std::get_if<FileExtent>(&content)) return extent->length;
  if (const auto* strings = std::get_if<Tensor::Strings>(&content)) {
    uint64_t total = 0;
    for (const std::string& text : **strings) total += text.size();
    return total;
  }
  return 0;
}

/// Elements of 4 bits: two in a byte, the first in the low half.
std::vector<int64_t> unpack_nibbles(const std::vector<std::byte>& bytes, DataType type,
                                    int64_t count) {
  std::vector<int64_t> out;
  out.reserve(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const auto pair = std::to_integer<unsigned>(bytes[i / 2]);
    const unsigned nibble = i % 2 == 0 ? pair & 15U : pair >> 4U;
    const bool negative = type == DataType::int4 && nibble > 7;
    out.push_back(static_cast<int64_t>(nibble) - (negative ? 16 : 0));
  }
  return out;
}

bool is_nibble(DataType type) { return type == DataType::uint4 || type == DataType::int4; }

template <class Number>
Result<std::vector<Number>> read_all(const Tensor& tensor) {
  const DataType type = tensor.dtype();
  if (!tensor.is_small())
    return fail(Code::internal, "a tensor of " + std::to_string(tensor.byte_size()) +
                                    " bytes was asked for as numbers");
  Result<Tensor::Bytes> bytes = tensor.bytes();
  if (!bytes) return pass_on(bytes.error());
  if (is_nibble(type)) {
    const std::vector<int64_t> nibbles = unpack_nibbles(**bytes, type, tensor.element_count());
    return std::vector<Number>(nibbles.begin(), nibbles.end());
  }
  std::vector<Number> out(static_cast<std::size_t>(tensor.element_count()));
  const bool known = with_element(type, [&]<class T>(std::type_identity<T>) {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = convert_element<Number>(load_element<T>((*bytes)->data() + i * sizeof(T)));
  });
  if (!known) return fail(Code::internal, "elements of type " + name_of(type) + " are no numbers");
  return out;
}

}  // namespace

Tensor::Tensor(DataType type, std::vector<int64_t> dims, Content content)
    : type_(type), dims_(std::move(dims)), content_(std::move(content)) {
  if (const auto* strings = std::get_if<Strings>(&content_)) {
    ensure(type_ == DataType::string && *strings != nullptr &&
               static_cast<int64_t>((*strings)->size()) == element_count(),
           "a string tensor has as many strings as elements");
  } else if (const auto* recipe = std::get_if<std::shared_ptr<const Recipe>>(&content_)) {
    ensure(*recipe != nullptr && (*recipe)->dtype() == type_, "a recipe makes the tensor's type");
  } else if (bits_of(type_) != 0) {
    ensure(content_size(content_) == packed_size(type_, element_count()),
           "a tensor's content is as long as type and dimensions say");
  }
}

Tensor Tensor::of(DataType type, std::vector<int64_t> dims, std::span<const double> numbers) {
  auto bytes = std::make_shared<std::vector<std::byte>>();
  const bool known = with_element(type, [&]<class T>(std::type_identity<T>) {
    bytes->resize(numbers.size() * sizeof(T));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const double number =
          type == DataType::boolean ? static_cast<double>(numbers[i] != 0) : numbers[i];
      store_element(convert_element<T>(number), bytes->data() + i * sizeof(T));
    }
  });
  ensure(known, "numbers can be stored in this type");
  return Tensor(type, std::move(dims), Bytes(std::move(bytes)));
}

Tensor Tensor::of_int64s(std::span<const int64_t> numbers) {
  const auto raw = std::as_bytes(numbers);
  return Tensor(DataType::int64, {static_cast<int64_t>(numbers.size())},
                std::make_shared<const std::vector<std::byte>>(raw.begin(), raw.end()));
}

Tensor Tensor::scalar(DataType type, double number) { return of(type, {}, {&number, 1}); }

int64_t Tensor::element_count() const {
  int64_t count = 1;
  for (const int64_t dim : dims_) count *= dim;
  return count;
}

uint64_t Tensor::byte_size() const {
  return bits_of(type_) == 0 ? content_size(content_) : packed_size(type_, element_count());
}

bool Tensor::is_small() const {
  return std::holds_alternative<Bytes>(content_) || std::holds_alternative<Strings>(content_) ||
         byte_size() <= small_bytes;
}

Result<Tensor::Bytes> Tensor::bytes() const {
  if (const auto* held = std::get_if<Bytes>(&content_)) {
    if (*held != nullptr) return *held;
    return std::make_shared<const std::vector<std::byte>>();
  }
  if (std::holds_alternative<Strings>(content_))
    return fail(Code::internal, "a string tensor has no bytes");
  auto bytes = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(byte_size()));
  if (Result<void> done = read_content(*this, 0, *bytes); !done) return pass_on(done.error());
  return Bytes(std::move(bytes));
}

Result<std::vector<double>> Tensor::numbers() const { return read_all<double>(*this); }

Result<std::vector<int64_t>> Tensor::int64s() const {
  if (!is_integer(type_) && !is_nibble(type_) && type_ != DataType::boolean)
    return fail(Code::internal, "elements of type " + name_of(type_) + " are no integers");
  return read_all<int64_t>(*this);
}

std::optional<double> Tensor::splat() const {
  if (byte_size() > small_bytes || element_count() == 0) return std::nullopt;
  const Result<std::vector<double>> all = numbers();
  if (!all) return std::nullopt;
  const double first = all->front();
  if (!std::ranges::all_of(*all, [first](double number) { return number == first; }))
    return std::nullopt;
  return first;
}

Tensor Tensor::reshaped(std::vector<int64_t> dims) const {
  Tensor out = *this;
  out.dims_ = std::move(dims);
  ensure(out.element_count() == element_count(), "reshaping keeps the element count");
  return out;
}

}  // namespace ortopt
