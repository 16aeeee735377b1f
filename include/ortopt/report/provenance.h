#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ortopt/report/report.h"

namespace ortopt {

/// The key of metadata_props under which a result says where it comes from.
inline constexpr std::string_view provenance_key = "ortopt.provenance";

/// Compact JSON, the same for the same input, flags and version: tool version, fingerprint of the
/// input, `flags` (those that shape the result, without paths), target, operators that fusion
/// brought in, assumptions, passes that were taken back.
[[nodiscard]] std::string to_provenance(const Report& report,
                                        const std::vector<std::string>& flags);

}  // namespace ortopt
