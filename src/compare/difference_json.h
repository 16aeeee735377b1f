#pragma once

#include <nlohmann/json.hpp>

#include "ortopt/compare/difference.h"

namespace ortopt {

/// A difference as JSON, which may hold infinities and not-a-number: CBOR keeps them.
[[nodiscard]] nlohmann::ordered_json json_of(const Difference& difference);
[[nodiscard]] Difference difference_from(const nlohmann::ordered_json& json);

}  // namespace ortopt
