#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ortopt {

/// `axis` counted from the front of `rank` dimensions, as ONNX lets a negative one count from the
/// end; nothing when it lies outside [-rank, rank).
[[nodiscard]] constexpr std::optional<std::size_t> axis_from_front(int64_t axis, std::size_t rank) {
  const auto count = static_cast<int64_t>(rank);
  if (axis < -count || axis >= count) return std::nullopt;
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

/// Each of `axes` counted from the front, in their order; nothing when one lies outside.
[[nodiscard]] inline std::optional<std::vector<std::size_t>> axes_from_front(
    std::span<const int64_t> axes, std::size_t rank) {
  std::vector<std::size_t> result;
  for (const int64_t axis : axes) {
    const auto found = axis_from_front(axis, rank);
    if (!found) return std::nullopt;
    result.push_back(*found);
  }
  return result;
}

}  // namespace ortopt
