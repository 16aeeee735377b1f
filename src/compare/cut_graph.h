#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ortopt/ir/graph.h"

namespace ortopt {

/// The values that two models have in common, and which is computed from which. Optimisation keeps
/// the names of values that keep their meaning, and gives what it brings in names that are new: a
/// fused operator's results carry the names of those that they stand for.
class CutGraph {
 public:
  struct Cut {
    const Value* baseline;
    const Value* other;
    /// The nearest cuts that it is computed from, in either model.
    std::vector<std::size_t> before;
  };

  /// `outputs`: pairs of outputs that are the same whatever their names. The graphs must outlive
  /// this.
  CutGraph(const Graph& baseline, const Graph& other,
           const std::vector<std::pair<std::string, std::string>>& outputs);

  /// In the other model's order.
  [[nodiscard]] const std::vector<Cut>& cuts() const { return cuts_; }
  /// By its name in the baseline.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const;
  /// Everything that `cut` is computed from, in order; not itself.
  [[nodiscard]] std::vector<std::size_t> ancestors(std::size_t cut) const;
  /// The baseline's nodes that compute `cut` from the cuts before it, last first.
  [[nodiscard]] std::vector<const Node*> nodes_of(std::size_t cut) const;

 private:
  using Places = std::unordered_map<const Value*, std::size_t>;
  /// The cuts nearest to `value`, upwards, and the nodes on the way.
  static std::vector<std::size_t> nearest(const Value& value, const Places& places,
                                          std::vector<const Node*>& nodes);

  std::vector<Cut> cuts_;
  Places baseline_places_;
  Places other_places_;
};

}  // namespace ortopt
