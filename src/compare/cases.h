#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/compare/difference.h"
#include "ortopt/compare/verification.h"
#include "ortopt/engine/inputs.h"

namespace ortopt {

/// One set of inputs, and what a model makes of it.
struct CaseRun {
  InputCase inputs;
  std::string name;  ///< "batch 2, sequence 7, padding right".
  std::vector<NamedTensor> feeds;
  std::vector<NamedTensor> outputs;
};

struct CaseOptions {
  uint64_t seed = 1;
  PaddingPromise padding = PaddingPromise::both_sides;
};

/// Runs the model on the plan's cases, as far as it runs with them, or with other readings of its
/// dimensions. Cases whose outputs are undefined are left out when there are others. Fails with
/// `failure` when no inputs were found that it runs with.
[[nodiscard]] Result<std::vector<CaseRun>> run_cases(Session& session, const InputPlan& plan,
                                                     const CaseOptions& options);

/// Whether all outputs of all cases are not-a-number: then comparing them proves nothing.
[[nodiscard]] bool say_nothing(const std::vector<CaseRun>& runs);

/// Which elements of an output of that shape are not to be compared.
[[nodiscard]] DifferenceMeter::Excluded undefined_elements(const InputCase& inputs,
                                                           const std::vector<int64_t>& dims);

}  // namespace ortopt
