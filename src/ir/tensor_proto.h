#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "ortopt/base/result.h"
#include "ortopt/ir/tensor.h"

namespace onnx {
class TensorProto;
}

namespace ortopt {

/// Key of the external_data entry that marks a placeholder: a tensor message whose content is an
/// extent of the source file. Its value is an index into Model::extents().
inline constexpr const char* extent_key = "ortopt.extent";

/// The tensor that a message describes: raw data, typed fields (made raw), strings, or a
/// placeholder. Fails with bad_model when content and dimensions disagree.
[[nodiscard]] Result<Tensor> tensor_from_proto(const onnx::TensorProto& message,
                                               std::span<const FileExtent> extents);

/// Bytes that the content of `message` takes by its type and dimensions: nothing when the
/// dimensions are impossible, 0 for types without a fixed size.
[[nodiscard]] std::optional<uint64_t> expected_bytes(const onnx::TensorProto& message);

/// Writes a small tensor into a message as raw data (strings as string_data).
void tensor_to_proto(const Tensor& tensor, const std::string& name, onnx::TensorProto& message);

}  // namespace ortopt
