#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "ortopt/ir/tensor.h"

namespace ortopt {

/// Elements of a tensor as doubles, some at a time.
class TensorNumbers {
 public:
  explicit TensorNumbers(const Tensor& tensor);

  [[nodiscard]] int64_t count() const { return count_; }
  /// Fills `into` with the elements from `start` on; false when there are no numbers to read.
  [[nodiscard]] bool read(int64_t start, std::vector<double>& into) const;
  /// For integers that doubles cannot tell apart; both tensors are of the same type.
  [[nodiscard]] bool has_same_bits(const TensorNumbers& other, int64_t element) const;

 private:
  DataType type_;
  int64_t count_;
  Tensor::Bytes bytes_;
};

/// Whether two tensors of one type hold the same, also where that is no numbers.
[[nodiscard]] bool same_content(const Tensor& a, const Tensor& b);

/// Of all finite elements that are not `excluded`; 0 when there are none.
[[nodiscard]] double root_mean_square(const TensorNumbers& numbers,
                                      const std::function<bool(int64_t element)>& excluded);

/// Where element number `element` of a tensor of these dimensions is.
[[nodiscard]] std::vector<int64_t> index_of(int64_t element, const std::vector<int64_t>& dims);

/// The places of the `count` largest numbers, the first of equal ones first.
[[nodiscard]] std::vector<std::size_t> places_of_largest(const std::vector<double>& numbers,
                                                         std::size_t count);

}  // namespace ortopt
