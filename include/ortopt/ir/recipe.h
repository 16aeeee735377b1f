#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// How a tensor's content is computed from other tensors, block by block, in the order of the
/// result's bytes, with a few megabytes of memory. Recipes are values: two recipes with equal
/// `key()` have equal content, and are evaluated once.
class Recipe {
 public:
  virtual ~Recipe() = default;

  [[nodiscard]] virtual DataType dtype() const = 0;
  [[nodiscard]] virtual std::vector<int64_t> dims() const = 0;
  /// Fills `to` with the bytes of the result that start at `offset`. `to` may be any size that
  /// stays within the content.
  [[nodiscard]] virtual Result<void> read(uint64_t offset, std::span<std::byte> to) const = 0;
  /// How much is best read at once: little, so that it stays in the processor's cache, except where
  /// every read goes through the whole source.
  [[nodiscard]] virtual uint64_t block_size() const;
  /// Kind, parameters and sources, by identity of file extents and by content of small bytes: equal
  /// keys mean equal content.
  [[nodiscard]] virtual std::string key() const = 0;
};

/// `parts` joined along `axis`; all other dimensions equal.
[[nodiscard]] Tensor concatenated(std::span<const Tensor> parts, int64_t axis);
/// `source` with its dimensions permuted: result.dims[k] = source.dims[perm[k]].
[[nodiscard]] Tensor transposed(const Tensor& source, std::span<const int64_t> perm);
/// `indices` of `axis`, in that order: a gather of rows or columns; a contiguous run is a slice.
[[nodiscard]] Tensor taken(const Tensor& source, int64_t axis, std::span<const int64_t> indices);
/// `source` converted to `type` element by element, rounding to nearest even.
[[nodiscard]] Tensor converted(const Tensor& source, DataType type);
/// `source · factor`, element by element in the source's floating type.
[[nodiscard]] Tensor scaled(const Tensor& source, double factor);

/// Reads any part of any tensor's content: bytes, extent or recipe. The one way to stream a tensor.
[[nodiscard]] Result<void> read_content(const Tensor& tensor, uint64_t offset,
                                        std::span<std::byte> to);
/// Type, dimensions and content: equal keys mean equal tensors; used to memoise and to share.
[[nodiscard]] std::string content_key(const Tensor& tensor);
/// The content alone: equal keys mean equal bytes.
[[nodiscard]] std::string bytes_key(const Tensor& tensor);
/// A digest of the content's size and of a few parts of it, cheap for any size: tensors with
/// different samples have different bytes.
[[nodiscard]] Result<uint64_t> content_sample(const Tensor& tensor);
/// Whether two tensors have the same bytes. Reads them whole; compare their samples first.
[[nodiscard]] Result<bool> same_bytes(const Tensor& one, const Tensor& other);

}  // namespace ortopt
