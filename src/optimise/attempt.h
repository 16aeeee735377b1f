#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/base/logger.h"
#include "ortopt/ir/load.h"
#include "ortopt/optimise/optimise.h"

namespace ortopt {

/// One way of the model through all passes.
struct Attempt {
  LoadedModel loaded;
  std::size_t nodes_before = 0;
  OperatorCounts operators_before;
  Facts facts;
};

/// Loads `source` and runs the pipeline over it, as `request` says but without the passes
/// `left_out`.
[[nodiscard]] Result<Attempt> make_attempt(const std::filesystem::path& source,
                                           const OptimiseRequest& request,
                                           const std::vector<std::string>& left_out,
                                           Logger& logger);

/// What `request` wants to run, in its order.
[[nodiscard]] Pipeline make_pipeline_for(const OptimiseRequest& request);

/// The passes that changed something, in the order of `pipeline`.
[[nodiscard]] std::vector<std::string> find_active_passes(const Pipeline& pipeline,
                                                          const Facts& facts);

}  // namespace ortopt
