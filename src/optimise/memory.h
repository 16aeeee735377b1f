#pragma once

#include <cstdint>
#include <optional>

namespace ortopt {

/// Bytes that can be allocated without swapping, as far as the system tells.
[[nodiscard]] std::optional<uint64_t> available_memory();

}  // namespace ortopt
