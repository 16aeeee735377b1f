#pragma once

#include <memory>

#include "ortopt/passes/attention/sdpa.h"

namespace ortopt::attention {

/// Finds attention from its softmax, by layouts alone: no exporter, model family, head count or
/// head size is asked for. Linear in the length of the chains; nothing is searched. The rules and
/// their reasons: docs/passes/attention.md. Make one for each run over a graph: it remembers what
/// values are computed from.
class Recogniser {
 public:
  explicit Recogniser(const Analysis& facts);
  ~Recogniser();

  /// Whether `node` is a softmax (an operator, or the division that ends one in pieces) over scores
  /// of two computed values: something that promises an attention.
  [[nodiscard]] bool is_anchor(const Node& node) const;
  /// The attention around an anchor, or why there is none.
  [[nodiscard]] Recognised<Sdpa> recognise(Node& anchor);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace ortopt::attention
