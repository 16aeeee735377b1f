#pragma once

#include <optional>
#include <string>

#include "ortopt/pattern/pattern.h"

/// Sub-patterns that passes share. Each takes every spelling of one mathematical idea that
/// exporters write; a new spelling is added here and nowhere else.
namespace ortopt::pattern {

/// p²: Pow(p, 2) or p·p.
[[nodiscard]] Pattern square(const Pattern& p);
/// p³: Pow(p, 3) or p·p·p in any bracketing.
[[nodiscard]] Pattern cube(const Pattern& p);
/// √p: Sqrt(p) or Pow(p, 0.5).
[[nodiscard]] Pattern sqrt(const Pattern& p);
/// 1/√p: 1/Sqrt(p), Reciprocal(Sqrt(p)), Sqrt(Reciprocal(p)) or Pow(p, −0.5).
[[nodiscard]] Pattern rsqrt(const Pattern& p);
/// (1 + p)/2, also as 1/2 + p/2.
[[nodiscard]] Pattern half_of_one_plus(const Pattern& p);
[[nodiscard]] Pattern erf(const Pattern& p);
[[nodiscard]] Pattern tanh(const Pattern& p);
/// Sigmoid(p) or 1/(1 + Exp(−p)).
[[nodiscard]] Pattern sigmoid(const Pattern& p);

/// GELU in its erf form as one node: com.microsoft's, or ONNX's own of opset 20.
[[nodiscard]] Pattern gelu(const Pattern& p);

/// The mean over the last axis, which stays with size 1: ReduceMean with axes as attribute or as
/// input, GlobalAveragePool of rank 3, or ReduceSum divided by the size.
[[nodiscard]] Pattern mean(const Pattern& p);
/// p − mean(p).
[[nodiscard]] Pattern centred(const Pattern& p);
/// mean((p − mean(p))²).
[[nodiscard]] Pattern variance(const Pattern& p);
/// Softmax over the last axis.
[[nodiscard]] Pattern softmax(const Pattern& p);

[[nodiscard]] Pattern matmul(const Pattern& a, const Pattern& b);
/// p, perhaps cast to another floating type.
[[nodiscard]] Pattern cast(const Pattern& p);

/// A constant of rank 1.
[[nodiscard]] Pattern vector(std::string name);

/// Why the root may have another shape than `x`, for a guard; nothing when it has the same: a
/// number of rank 1 and more can broadcast what it is combined with.
[[nodiscard]] std::optional<std::string> shape_change(const Match& match, const Pattern& x);

}  // namespace ortopt::pattern
