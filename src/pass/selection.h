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

/// The selectors `id@glob` that no node has matched so far: most likely misspelt.
class UnmatchedGlobs {
 public:
  explicit UnmatchedGlobs(const Selection& selection);
  /// Strikes out the selectors that match a node called `name`.
  void see(std::string_view name);
  /// A sentence for each that is left, as a user would read it.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct Unmatched {
    std::string_view flag;
    std::string text;
  };
  std::vector<Unmatched> unmatched_;
};

}  // namespace ortopt
