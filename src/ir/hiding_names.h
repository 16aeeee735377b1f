#pragma once

#include "ortopt/ir/model.h"

namespace ortopt {

/// Gives values of nested graphs another name where they have that of a value outside, and notes
/// it. ONNX forbids it, some exporters and runtimes do not care; but whoever lets the nested graph
/// read the value outside, as passes do, could not spell it.
void rename_hiding_values(Model& model);

}  // namespace ortopt
