#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "ortopt/compare/comparison.h"

namespace ortopt {

/// A comparison as bytes, for the way from a child process to its parent, and back.
[[nodiscard]] std::string to_bytes(const Comparison& comparison);
[[nodiscard]] Comparison comparison_from(const std::string& bytes);

}  // namespace ortopt
