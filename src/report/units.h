#pragma once

#include <cstdint>
#include <string>

namespace ortopt {

/// Seconds times this are milliseconds.
inline constexpr double milli = 1e3;

/// "418.0 MB"; decimal units, as file managers and disks have them.
[[nodiscard]] std::string format_bytes(uint64_t bytes);
/// "0.41 s", "12 ms".
[[nodiscard]] std::string format_seconds(double seconds);

}  // namespace ortopt
