#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "ortopt/pass/pass.h"

namespace ortopt {

/// Passes that run together until none of them changes anything, at most `max_rounds` times over.
struct Stage {
  /// Support prepares for fusions or cleans up after them: it runs whatever `--only` chooses.
  enum class Purpose { support, fusion };

  std::string_view name;  ///< "normalise", "recognise", "clean".
  Purpose purpose = Purpose::fusion;
  std::vector<std::unique_ptr<Pass>> passes = {};
  std::size_t max_rounds = 8;
};

using Pipeline = std::vector<Stage>;

/// All passes in pipeline order: one readable list (src/passes/registry.cpp).
[[nodiscard]] Pipeline make_pipeline();

}  // namespace ortopt
