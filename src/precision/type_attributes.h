#pragma once

#include "ortopt/ir/node.h"
#include "ortopt/pass/rewriter.h"
#include "ortopt/precision/options.h"

namespace ortopt {

/// Makes the attributes of `node` that say the type of its output, or hold a number of that type,
/// say `type`: Cast's `to`, ConstantOfShape's `value`, `dtype` of the random operators, and so on.
void set_output_type(Node& node, DataType type, const HalfRange& range, Rewriter& to);

}  // namespace ortopt
