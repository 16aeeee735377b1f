#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"

namespace ortopt {

/// The inputs and outputs of a model.
struct Signature {
  Signature() = default;
  explicit Signature(const Session& session)
      : inputs(session.inputs()), outputs(session.outputs()) {}
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};

/// "int64 [batch, sequence]".
[[nodiscard]] std::string describe(const Port& port);

/// What a result breaks of its original's contract: names, order, types and ranks of inputs and
/// outputs, fixed sizes, and that dynamic dimensions of inputs stay dynamic. Nothing when it keeps
/// it.
[[nodiscard]] std::optional<std::string> broken_contract(const Signature& original,
                                                         const Signature& result);

/// A name of the baseline and what the other model calls the same thing.
using NameMapping = std::pair<std::string, std::string>;

/// Which input or output of the one model is which of the other, by index.
struct PortPair {
  std::size_t baseline = 0;
  std::size_t other = 0;

  friend bool operator==(const PortPair&, const PortPair&) = default;
};

/// How two signatures go together.
struct SignatureMatch {
  std::vector<PortPair> inputs;
  std::vector<PortPair> outputs;
  /// A sentence each. What a mapping of names says is none, other types or shapes under it neither.
  std::vector<std::string> differences;
  /// What was taken for granted: "'x' is taken for 'input_ids': the same type, shape and place".
  std::vector<std::string> notes;
};

/// Pairs inputs and outputs: first as `mapping` says, then by name; what is left by place, when all
/// of it agrees in type and shape. Fails with `usage` for a mapping of names that are not there.
[[nodiscard]] Result<SignatureMatch> match_signatures(const Signature& baseline,
                                                      const Signature& other,
                                                      const std::vector<NameMapping>& mapping);

}  // namespace ortopt
