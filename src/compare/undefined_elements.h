#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ortopt/engine/inputs.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// Elements that say nothing: with padding on the left, a causal model's padded rows see no key,
/// and what comes out there is undefined. They are found by their place: dimensions as long as the
/// sequence, beside one as long as the batch; or, right behind it, as long as a few sequences, where
/// each place has several tokens.
class UndefinedElements {
 public:
  UndefinedElements(const InputCase& inputs, const std::vector<int64_t>& dims);
  [[nodiscard]] bool contains(int64_t element) const;

 private:
  struct Axis {
    int64_t stride;
    int64_t size;
    int64_t first;  ///< Place of its element 0 among all that a mask covers.
  };
  InputCase inputs_;
  std::optional<Axis> batch_;
  std::vector<Axis> places_;
};

/// Whether any defined element is not-a-number, and whether all of them are.
struct NanCount {
  bool any = false;
  bool all = true;
};
[[nodiscard]] NanCount count_nans(const Tensor& tensor, const InputCase& inputs);

}  // namespace ortopt
