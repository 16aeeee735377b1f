#pragma once

#include <optional>
#include <string>

#include "ortopt/ir/node.h"
#include "ortopt/pattern/pattern.h"

namespace ortopt {

/// A value of rank 1.
[[nodiscard]] pattern::Pattern bias_capture();

/// Why `bias` is not what a kernel adds along the last axis of `x`, or nothing when it is.
[[nodiscard]] std::optional<std::string> bias_objection(const pattern::Match& match,
                                                        const pattern::Pattern& x,
                                                        const pattern::Pattern& bias);

/// Whether the first input of `node` is a sum with one operand of rank 1: the promise of a bias.
[[nodiscard]] bool reads_sum(const Node& node, const Analysis& facts);

}  // namespace ortopt
