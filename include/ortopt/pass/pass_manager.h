#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/model.h"
#include "ortopt/pass/facts.h"
#include "ortopt/pass/pass.h"
#include "ortopt/pass/registry.h"

namespace ortopt {

/// Which passes run: `--only` and `--skip`, each an id or `id@glob` over names of root nodes. `only`
/// chooses among fusions; support passes run unless skipped.
struct Selection {
  std::vector<std::string> only;
  std::vector<std::string> skip;
};

struct RunOptions {
  PassOptions passes;
  Selection selection;
  bool verify_each_pass = false;  ///< Check the graph's invariants after each pass that changed it;
                                  ///< debug builds always do.
  std::function<void(std::string_view stage, std::string_view pass)> progress;  ///< May be empty.
};

/// Runs a pipeline over a model: the main graph and, for every pass, all nested graphs; each stage
/// to its fixed point. Says in `facts` what was done, missed (of nodes that are in the result) and
/// assumed, and whether each stage converged; a selector whose glob matches no node is a warning
/// there. Fails with `usage` on an unknown pass id in the selection.
[[nodiscard]] Result<void> run_pipeline(const Pipeline& pipeline, Model& model,
                                        const RunOptions& options, Facts& facts, Logger& logger);

/// Runs one pass alone, to its fixed point; for tests.
[[nodiscard]] Result<Changes> run_pass(const Pass& pass, Model& model, const PassOptions& options,
                                       Facts& facts);

}  // namespace ortopt
