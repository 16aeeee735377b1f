#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/type.h"

namespace ortopt {

class FileHandle;
class Recipe;

/// Bytes that lie in a file and stay there until they are copied into the result: `length` bytes
/// from `offset`.
struct FileExtent {
  std::shared_ptr<const FileHandle> file;
  uint64_t offset = 0;
  uint64_t length = 0;
};

/// A constant: element type, dimensions and content. An immutable value, cheap to copy.
/// The content is little-endian and packed as ONNX's raw_data, and is one of: bytes held in memory
/// (small constants), an extent of a file, a recipe over other tensors that is evaluated block by
/// block while it is being written, or a list of strings.
class Tensor {
 public:
  using Bytes = std::shared_ptr<const std::vector<std::byte>>;
  using Strings = std::shared_ptr<const std::vector<std::string>>;
  using Content = std::variant<Bytes, FileExtent, std::shared_ptr<const Recipe>, Strings>;

  Tensor() = default;
  Tensor(DataType type, std::vector<int64_t> dims, Content content);

  /// A tensor from numbers, converted to `type` (half floats included). `numbers.size()` must be
  /// the product of `dims`.
  [[nodiscard]] static Tensor of(DataType type, std::vector<int64_t> dims,
                                 std::span<const double> numbers);
  /// A one-dimensional int64 tensor.
  [[nodiscard]] static Tensor of_int64s(std::span<const int64_t> numbers);
  /// A rank 0 tensor.
  [[nodiscard]] static Tensor scalar(DataType type, double number);

  [[nodiscard]] DataType dtype() const { return type_; }
  [[nodiscard]] const std::vector<int64_t>& dims() const { return dims_; }
  [[nodiscard]] int64_t element_count() const;
  /// Size of the content in bytes, packed.
  [[nodiscard]] uint64_t byte_size() const;
  [[nodiscard]] const Content& content() const { return content_; }
  /// True when the content is in memory or small enough (`Tensor::small_bytes`) to be read at once.
  [[nodiscard]] bool is_small() const;
  static constexpr uint64_t small_bytes = 65'536;

  /// The whole content in memory; reads the file or evaluates the recipe. Fails on an I/O error.
  [[nodiscard]] Result<Bytes> bytes() const;
  /// All elements as doubles (any numeric type; int64 beyond 2^53 loses precision: use `int64s`).
  /// Only for small tensors.
  [[nodiscard]] Result<std::vector<double>> numbers() const;
  /// All elements of an integer or bool tensor. Only for small tensors.
  [[nodiscard]] Result<std::vector<int64_t>> int64s() const;
  /// The number that all elements are equal to (exactly), whatever the rank; nothing when they
  /// differ, there are none, or it is no number. Large tensors are never splats.
  [[nodiscard]] std::optional<double> splat() const;

  /// The same content under other dimensions of the same element count.
  [[nodiscard]] Tensor reshaped(std::vector<int64_t> dims) const;

 private:
  DataType type_ = DataType::undefined;
  std::vector<int64_t> dims_;
  Content content_;
};

}  // namespace ortopt
