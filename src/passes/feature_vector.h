#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ortopt/ir/tensor.h"
#include "ortopt/ir/value.h"
#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/pattern.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// The constant as a vector over the last dimension of what it meets, which has `width` features:
/// rank 1, or with leading dimensions of 1. Nothing when it is no constant or of another size.
[[nodiscard]] std::optional<Tensor> as_feature_vector(const Value& value, const Dim& width,
                                                      const Analysis& facts);

/// Whether all readers of `value`, perhaps behind Casts, combine it with vectors of features.
[[nodiscard]] bool joins_vector(const Value& value, std::string_view op, const Dim& width,
                                const Analysis& facts);

/// Why `gamma` cannot be the gain of a norm of `x`, or is not all there is of it; nothing when it is,
/// or when there is none. `shared` is what it multiplies, which other norms may read.
[[nodiscard]] std::optional<std::string> object_to_gamma(const pattern::Match& match,
                                                         const pattern::Pattern& x,
                                                         const pattern::Pattern& gamma,
                                                         const pattern::Pattern& shared);

/// A constant of `type` of what was captured as a vector of `width` features.
[[nodiscard]] Value& vector_of(Value& captured, const Dim& width, DataType type,
                               const Analysis& facts, Rewriter& to);

/// The scale of a norm of `x` that object_to_gamma has nothing against: γ, or ones without it.
[[nodiscard]] Value& scale_of(const pattern::Match& match, const pattern::Pattern& x,
                              const pattern::Pattern& gamma, Rewriter& to);

}  // namespace ortopt
