#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "ortopt/compare/comparison.h"

namespace ortopt {

/// As JSON, which may hold infinities: CBOR keeps them.
[[nodiscard]] nlohmann::ordered_json json_of(const std::optional<Bisection>& bisection);

/// A comparison as bytes, for the way from a child process to its parent, and back.
[[nodiscard]] std::string to_bytes(const Comparison& comparison);
[[nodiscard]] Comparison comparison_from(const std::string& bytes);

}  // namespace ortopt
