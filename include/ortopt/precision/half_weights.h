#pragma once

#include <memory>

#include "ortopt/ir/tensor.h"
#include "ortopt/pass/facts.h"
#include "ortopt/precision/options.h"

namespace ortopt {

/// The float32 tensor `source` in a half type (float16 or bfloat16): brought into `range`, then
/// rounded to nearest even. A recipe: evaluated while it is being written. What had to be brought
/// into the range is counted in `count` as the content is read in order; null when nobody asks.
[[nodiscard]] Tensor as_half(const Tensor& source, DataType type, const HalfRange& range,
                             std::shared_ptr<ClampCount> count = nullptr);

}  // namespace ortopt
