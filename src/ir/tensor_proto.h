#pragma once

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

/// Writes a small tensor into a message as raw data (strings as string_data).
void tensor_to_proto(const Tensor& tensor, const std::string& name, onnx::TensorProto& message);

}  // namespace ortopt
