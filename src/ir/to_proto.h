#pragma once

#include <vector>

#include "ortopt/ir/model.h"

namespace onnx {
class GraphProto;
class ModelProto;
class TensorProto;
}  // namespace onnx

namespace ortopt {

/// A tensor message without content (name, type and dimensions only) and the tensor whose bytes
/// belong there.
struct PlacedTensor {
  enum class Holder { initializer, attribute };
  onnx::TensorProto* message;
  Tensor content;
  Holder holder = Holder::initializer;
};

/// Appends `graph` to an empty message. Initializers, and attribute tensors that stayed in the
/// source file, at any depth, become messages without content and are listed in `placed`, in the
/// order of the written message; string tensors and small attribute tensors are written whole and
/// not listed. The pointers hold as long as `message`.
void graph_to_proto(const Graph& graph, onnx::GraphProto& message,
                    std::vector<PlacedTensor>& placed);

/// The same for a whole model, functions included.
void model_to_proto(const Model& model, onnx::ModelProto& message,
                    std::vector<PlacedTensor>& placed);

}  // namespace ortopt
