#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ortopt::tool {

/// Spells each long option as one of `names` ("--dry-run") does, whether dashes or underscores were
/// typed. An option of `bare_values` that stands alone gets its value there ({"--explain", "table"}),
/// so that it does not take the next argument for one.
[[nodiscard]] std::vector<std::string> canonical(
    const std::vector<std::string>& arguments, const std::vector<std::string>& names,
    const std::map<std::string, std::string>& bare_values = {});

/// The name nearest to `unknown`, or "" when none is near.
[[nodiscard]] std::string find_nearest(std::string_view unknown,
                                       const std::vector<std::string>& names);

}  // namespace ortopt::tool
