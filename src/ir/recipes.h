#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ortopt/ir/recipe.h"

namespace ortopt {

/// Bytes of one element; throws InternalError for types whose elements are not whole bytes.
[[nodiscard]] uint64_t element_size(DataType type);

/// What is best read of `tensor` at once.
[[nodiscard]] uint64_t block_size_of(const Tensor& tensor);

/// One axis of a tensor that is walked in an order of its own: how often, and how many elements
/// apart.
struct StridedAxis {
  int64_t size = 0;
  int64_t stride = 0;
};

/// Copies elements of `element` bytes (1, 2, 4, 8 or 16) from strided places into one run, the last
/// axis fastest.
void gather_strided(std::span<const StridedAxis> axes, uint64_t element, const std::byte* from,
                    std::byte* to);

/// Reads small pieces of a tensor through a window, so that neighbours cost one read.
class WindowReader {
 public:
  /// Pieces are read singly where `window` is not larger than them.
  WindowReader(const Tensor& tensor, uint64_t window) : tensor_(tensor), window_(window) {}
  [[nodiscard]] Result<void> read(uint64_t offset, std::span<std::byte> to);

 private:
  const Tensor& tensor_;
  uint64_t window_;
  uint64_t start_ = 0;
  std::vector<std::byte> held_;
};

/// `source` with permuted dimensions. A class of its own for the factories, which look through it.
class Transposition final : public Recipe {
 public:
  Transposition(Tensor source, std::vector<int64_t> perm);

  [[nodiscard]] DataType dtype() const override { return source_.dtype(); }
  [[nodiscard]] std::vector<int64_t> dims() const override;
  [[nodiscard]] Result<void> read(uint64_t offset, std::span<std::byte> to) const override;
  [[nodiscard]] uint64_t block_size() const override;
  [[nodiscard]] std::string key() const override;

  [[nodiscard]] const Tensor& source() const { return source_; }
  [[nodiscard]] const std::vector<int64_t>& perm() const { return perm_; }

 private:
  Result<void> read_elements(std::span<const StridedAxis> axes, int64_t base, int64_t first,
                             std::span<std::byte> to) const;
  Result<void> read_block(std::span<const StridedAxis> axes, int64_t base,
                          std::span<std::byte> to) const;

  Tensor source_;
  std::vector<int64_t> perm_;
  std::vector<StridedAxis> axes_;  ///< In the order of the result, neighbours merged.
};

}  // namespace ortopt
