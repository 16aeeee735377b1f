#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ortopt {

/// Names in models need not be UTF-8; JSON has to be.
[[nodiscard]] inline std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ortopt
