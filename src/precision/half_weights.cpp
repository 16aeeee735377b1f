#include "ortopt/precision/half_weights.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "ortopt/base/error.h"
#include "ortopt/ir/recipe.h"
#include "precision/half_numbers.h"

namespace ortopt {
namespace {

constexpr uint64_t half_size = sizeof(uint16_t);
constexpr uint64_t elements_at_once = 64 * 1024;

/// Every number of the source brought into the range and rounded.
class HalfWeights final : public Recipe {
 public:
  HalfWeights(Tensor source, DataType type, const HalfRange& range,
              std::shared_ptr<ClampCount> count)
      : source_(std::move(source)), type_(type), range_(range), count_(std::move(count)) {}

  [[nodiscard]] DataType dtype() const override { return type_; }
  [[nodiscard]] std::vector<int64_t> dims() const override { return source_.dims(); }
  [[nodiscard]] uint64_t block_size() const override {
    const auto* recipe = std::get_if<std::shared_ptr<const Recipe>>(&source_.content());
    return recipe == nullptr ? Recipe::block_size() : (*recipe)->block_size();
  }
  [[nodiscard]] std::string key() const override {
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), "half %d %a %a ", static_cast<int>(type_),
                  range_.min_positive, range_.max_finite);
    return text.data() + content_key(source_);
  }

  [[nodiscard]] Result<void> read(uint64_t offset, std::span<std::byte> to) const override {
    // A recipe may read its own source once a call: then few calls are better than little memory.
    const bool from_recipe =
        std::holds_alternative<std::shared_ptr<const Recipe>>(source_.content());
    const uint64_t step = from_recipe ? to.size() + half_size : elements_at_once * half_size;
    while (!to.empty()) {
      const uint64_t skipped = offset % half_size;
      const auto size = std::min<uint64_t>(to.size(), step - skipped);
      const uint64_t first = offset / half_size;
      const uint64_t count = (skipped + size + half_size - 1) / half_size;
      if (Result<void> done = convert(first, count); !done) return done;
      std::memcpy(to.data(), reinterpret_cast<const std::byte*>(halves_.data()) + skipped, size);
      offset += size;
      to = to.subspan(size);
    }
    return {};
  }

 private:
  /// Fills `halves_`. What has been counted before is not counted again.
  [[nodiscard]] Result<void> convert(uint64_t first, uint64_t count) const {
    numbers_.resize(count);
    halves_.resize(count);
    if (Result<void> done = read_content(source_, first * sizeof(float),
                                         std::as_writable_bytes(std::span(numbers_)));
        !done)
      return done;
    const uint64_t known = count_ == nullptr || first > count_->counted()
                               ? count
                               : std::min<uint64_t>(count, count_->counted() - first);
    const std::span<const float> numbers(numbers_);
    const std::span<uint16_t> halves(halves_);
    to_halves(numbers.first(known), halves.first(known), type_, range_);
    if (known == count) return {};
    const Clamped clamped = to_halves(numbers.subspan(known), halves.subspan(known), type_, range_);
    count_->add(count - known, clamped.too_large, clamped.too_small);
    return {};
  }

  Tensor source_;
  DataType type_;
  HalfRange range_;
  std::shared_ptr<ClampCount> count_;
  // Kept from one call to the next; a recipe is read by one thread.
  mutable std::vector<float> numbers_;
  mutable std::vector<uint16_t> halves_;
};

}  // namespace

Tensor as_half(const Tensor& source, DataType type, const HalfRange& range,
               std::shared_ptr<ClampCount> count) {
  ensure(source.dtype() == DataType::float32, "only float32 becomes a half type");
  ensure(type == DataType::float16 || type == DataType::bfloat16, "a half type to become");
  return Tensor(type, source.dims(),
                std::make_shared<const HalfWeights>(source, type, range, std::move(count)));
}

}  // namespace ortopt
