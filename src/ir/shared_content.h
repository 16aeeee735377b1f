#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// Finds tensors whose bytes were seen before, whatever their type and dimensions.
class SharedContent {
 public:
  /// The index of an earlier tensor with the same bytes, or `index`, under which `tensor` is
  /// remembered.
  [[nodiscard]] Result<std::size_t> first_like(const Tensor& tensor, std::size_t index);

 private:
  struct Seen {
    Tensor tensor;
    std::size_t index = 0;
  };
  std::unordered_map<std::string, std::size_t> by_key_;
  std::unordered_map<uint64_t, std::vector<Seen>> by_sample_;
};

}  // namespace ortopt
