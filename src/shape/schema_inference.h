#pragma once

#include "shape/step.h"

namespace ortopt::shape {

/// Fills in types and sizes of outputs that no rule of ours has settled, from the operator's own
/// inference function in the ONNX library. Best effort: an unknown operator, or one whose function
/// throws, leaves its outputs as they are. Identities of axes are lost on this way.
void infer_from_schema(Step& step);

}  // namespace ortopt::shape
