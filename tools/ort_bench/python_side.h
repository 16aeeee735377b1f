#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ortopt/base/result.h"

namespace ortopt::tool {

/// The command that starts the Python side (scripts/bench_engine.py, which is part of this binary)
/// with these settings. It speaks the protocol of docs/measuring.md.
[[nodiscard]] std::vector<std::string> python_side(const std::string& python,
                                                   const nlohmann::json& settings);

/// Starts it and asks for one thing: "export", "optimise". Fails in its words.
[[nodiscard]] Result<nlohmann::json> ask_python_side(const std::string& python,
                                                     const std::string& what,
                                                     const nlohmann::json& settings);

}  // namespace ortopt::tool
