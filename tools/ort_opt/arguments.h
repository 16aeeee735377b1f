#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ortopt::tool {

/// Spells each long option as one of `names` ("--dry-run") does, whether dashes or underscores were
/// typed, and gives a bare --explain its value, so that it does not take the next argument for one.
[[nodiscard]] std::vector<std::string> canonical(const std::vector<std::string>& arguments,
                                                 const std::vector<std::string>& names);

/// The name nearest to `unknown`, or "" when none is near.
[[nodiscard]] std::string find_nearest(std::string_view unknown,
                                       const std::vector<std::string>& names);

}  // namespace ortopt::tool
