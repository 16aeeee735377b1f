#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/pass/pass_manager.h"

namespace ortopt {

/// Whether `name` matches a glob with `*` and `?`.
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view name);

/// Fails with `usage` when a selector names a pass that is not in the pipeline.
[[nodiscard]] Result<void> check_selection(const Selection& selection, const Pipeline& pipeline);

/// Whether pass `id` runs at all; node globs are asked for each root (`selects_node`).
[[nodiscard]] bool selects_pass(const Selection& selection, std::string_view id);

/// Whether pass `id` may rewrite at the node called `name`.
[[nodiscard]] bool selects_node(const Selection& selection, std::string_view id,
                                std::string_view name);

}  // namespace ortopt
