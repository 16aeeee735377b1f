#pragma once

#include <memory>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/model.h"

namespace onnx {
class GraphProto;
class ModelProto;
}  // namespace onnx

namespace ortopt {

/// Builds a model from a message whose large tensors are placeholders into `extents`
/// (src/ir/tensor_proto.h). Sorts nodes, makes Constants initializers (in nested graphs too),
/// leaves a note on Model::notes() for what it mended. Fails with bad_model on duplicate, missing
/// or cyclic names, naming them.
[[nodiscard]] Result<std::unique_ptr<Model>> model_from_proto(onnx::ModelProto message,
                                                              std::vector<FileExtent> extents);

/// The same for one graph: fills the empty `graph`. Its outer graphs must hold what it captures.
[[nodiscard]] Result<void> graph_from_proto(onnx::GraphProto message, Graph& graph);

}  // namespace ortopt
