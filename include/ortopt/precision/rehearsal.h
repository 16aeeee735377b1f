#pragma once

#include "ortopt/pass/pass.h"
#include "ortopt/precision/options.h"

namespace ortopt {

/// Makes a model compute in float32 what the conversion that `options` ask for would have it compute
/// in half precision: each weight and each result that would be half is rounded to it, and goes on
/// as float32. Run on a CPU it shows what the converted model gives on a device with half precision:
/// the runtime on a CPU computes half floats in float32 and leaves roundings out.
///
///   x ── MatMul ── y   ⇒   x ── Cast ── Cast ── MatMul ── Cast ── Cast ── y
void rehearse(Graph& graph, const PrecisionOptions& options, Context& context);

}  // namespace ortopt
