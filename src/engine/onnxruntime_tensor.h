#pragma once

#include "engine/onnxruntime_api.h"
#include "ortopt/ir/tensor.h"

namespace ortopt::onnxruntime {

/// A tensor that the runtime can read, and the bytes that it borrows.
struct Feed {
  ValueHandle value;
  Tensor::Bytes bytes;
};

/// Wraps `tensor` without a copy (strings are copied).
[[nodiscard]] Result<Feed> to_runtime(const OrtApi& api, const OrtMemoryInfo* memory,
                                      const Tensor& tensor);

/// Copies a result out of the runtime.
[[nodiscard]] Result<Tensor> from_runtime(const OrtApi& api, const OrtValue* value);

/// Copies the results of a run out of the runtime; one value for each of `outputs`.
[[nodiscard]] Result<std::vector<NamedTensor>> named_tensors(
    const OrtApi& api, const std::vector<Port>& outputs, const std::vector<ValueHandle>& values);

}  // namespace ortopt::onnxruntime
