#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ortopt/engine/engine.h"

namespace ortopt {

/// The inputs and outputs of a model.
struct Signature {
  explicit Signature(const Session& session)
      : inputs(session.inputs()), outputs(session.outputs()) {}
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};

/// What a result breaks of its original's contract: names, order, types and ranks of inputs and
/// outputs, fixed sizes, and that dynamic dimensions of inputs stay dynamic. Nothing when it keeps
/// it.
[[nodiscard]] std::optional<std::string> broken_contract(const Signature& original,
                                                         const Signature& result);

}  // namespace ortopt
