#pragma once

#include <string_view>

namespace ortopt {

/// The version of this library and its tools: "0.1.0".
[[nodiscard]] std::string_view version();

}  // namespace ortopt
