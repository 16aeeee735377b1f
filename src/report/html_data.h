#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "ortopt/report/html_page.h"

namespace ortopt::html {

/// What page.js draws from.
[[nodiscard]] nlohmann::ordered_json to_json(const Plot& plot);
[[nodiscard]] nlohmann::ordered_json to_json(const FlameChart& chart);

/// JSON that cannot end the script element it stands in, whatever its strings hold.
[[nodiscard]] std::string to_script_text(const nlohmann::ordered_json& json);

}  // namespace ortopt::html
