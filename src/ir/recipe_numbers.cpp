#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <utility>

#include "ir/element.h"
#include "ir/recipes.h"

namespace ortopt {
namespace {

/// `count` elements of `from` turned into as many at `to`.
using Convert = void (*)(const std::byte* from, std::byte* to, std::size_t count, double factor);

template <class From, class To>
void convert_elements(const std::byte* from, std::byte* to, std::size_t count, double) {
  for (std::size_t i = 0; i < count; ++i)
    store_element(convert_element<To>(load_element<From>(from + i * sizeof(From))),
                  to + i * sizeof(To));
}

template <class From>
void convert_to_truth(const std::byte* from, std::byte* to, std::size_t count, double) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = convert_element<double>(load_element<From>(from + i * sizeof(From)));
    to[i] = number != 0 ? std::byte{1} : std::byte{0};
  }
}

/// A product of doubles, rounded once, is what multiplying in the type itself gives for every
/// factor that the type can hold.
template <class T>
void scale_elements(const std::byte* from, std::byte* to, std::size_t count, double factor) {
  for (std::size_t i = 0; i < count; ++i)
    store_element(
        convert_element<T>(convert_element<double>(load_element<T>(from + i * sizeof(T))) * factor),
        to + i * sizeof(T));
}

Convert conversion(DataType from, DataType to) {
  Convert found = nullptr;
  with_element(from, [&]<class From>(std::type_identity<From>) {
    if (to == DataType::boolean) {
      found = convert_to_truth<From>;
      return;
    }
    with_element(to, [&]<class To>(std::type_identity<To>) { found = convert_elements<From, To>; });
  });
  ensure(found != nullptr, "both types of a conversion hold numbers");
  return found;
}

Convert scaling(DataType type) {
  Convert found = nullptr;
  if (is_floating(type))
    with_element(type, [&]<class T>(std::type_identity<T>) { found = scale_elements<T>; });
  ensure(found != nullptr, "only floating types are scaled");
  return found;
}

/// Every element computed from the same element of the source.
class Elementwise final : public Recipe {
 public:
  Elementwise(Tensor source, DataType type, Convert convert, double factor, std::string kind)
      : source_(std::move(source)),
        type_(type),
        convert_(convert),
        factor_(factor),
        kind_(std::move(kind)) {}

  [[nodiscard]] DataType dtype() const override { return type_; }
  [[nodiscard]] std::vector<int64_t> dims() const override { return source_.dims(); }
  [[nodiscard]] uint64_t block_size() const override { return block_size_of(source_); }
  [[nodiscard]] std::string key() const override { return kind_ + " " + content_key(source_); }

  [[nodiscard]] Result<void> read(uint64_t offset, std::span<std::byte> to) const override {
    const uint64_t width = element_size(type_);
    // A recipe may read its own source once a call: then few calls are better than little memory.
    const bool from_recipe =
        std::holds_alternative<std::shared_ptr<const Recipe>>(source_.content());
    const uint64_t step = from_recipe ? to.size() : uint64_t{1024 * 1024};
    std::vector<std::byte> held;
    while (!to.empty()) {
      const uint64_t first = offset / width;
      const uint64_t skipped = offset % width;
      const uint64_t size = std::min<uint64_t>(to.size(), std::max(step, width) - skipped);
      const uint64_t count = (skipped + size + width - 1) / width;
      const std::span<std::byte> now = to.first(static_cast<std::size_t>(size));
      if (Result<void> done = read_elements(first, count, skipped, held, now); !done) return done;
      offset += size;
      to = to.subspan(static_cast<std::size_t>(size));
    }
    return {};
  }

 private:
  /// The bytes after the first `skipped` ones of `count` elements.
  [[nodiscard]] Result<void> read_elements(uint64_t first, uint64_t count, uint64_t skipped,
                                           std::vector<std::byte>& held,
                                           std::span<std::byte> to) const {
    const uint64_t width = element_size(source_.dtype());
    held.resize(static_cast<std::size_t>(count * width));
    if (Result<void> done = read_content(source_, first * width, held); !done) return done;
    const std::size_t size = static_cast<std::size_t>(count * element_size(type_));
    if (size == to.size()) {
      convert_(held.data(), to.data(), static_cast<std::size_t>(count), factor_);
      return {};
    }
    std::vector<std::byte> whole(size);
    convert_(held.data(), whole.data(), static_cast<std::size_t>(count), factor_);
    std::memcpy(to.data(), whole.data() + skipped, to.size());
    return {};
  }

  Tensor source_;
  DataType type_;
  Convert convert_;
  double factor_;
  std::string kind_;
};

Tensor elementwise(const Tensor& source, DataType type, Convert convert, double factor,
                   std::string kind) {
  return Tensor(
      type, source.dims(),
      std::make_shared<const Elementwise>(source, type, convert, factor, std::move(kind)));
}

}  // namespace

uint64_t element_size(DataType type) {
  const std::size_t bits = bits_of(type);
  ensure(bits > 0 && bits % 8 == 0, "elements are whole bytes");
  return bits / 8;
}

Tensor converted(const Tensor& source, DataType type) {
  if (source.dtype() == type) return source;
  const Convert convert = conversion(source.dtype(), type);
  return elementwise(source, type, convert, 1,
                     "convert " + std::to_string(static_cast<int32_t>(type)));
}

Tensor scaled(const Tensor& source, double factor) {
  const Convert convert = scaling(source.dtype());
  if (factor == 1) return source;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%a", factor);
  return elementwise(source, source.dtype(), convert, factor, std::string("scale ") + text.data());
}

}  // namespace ortopt
