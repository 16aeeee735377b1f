#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace ortopt {

/// Whether `bytes` are their first `period` ones over and over.
[[nodiscard]] inline bool repeats(std::span<const std::byte> bytes, std::size_t period) {
  return std::ranges::equal(bytes.subspan(period), bytes.first(bytes.size() - period));
}

}  // namespace ortopt
