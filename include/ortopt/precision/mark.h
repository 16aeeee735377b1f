#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ortopt/ir/graph.h"
#include "ortopt/pass/target.h"
#include "ortopt/precision/options.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// Why a node stays in float32.
struct Mark {
  std::string_view pass;  ///< Id of the marking pass: "division_by_epsilon".
  std::string reason;     ///< One sentence.
};

/// The nodes of a model that stay in float32. The first reason that is given for a node is kept.
class Marks {
 public:
  /// Keeps `node` in float32, for this reason unless there is one already. The node has to outlive
  /// the marks, and `pass` is the id of a pass: it is not copied.
  void keep(const Node& node, std::string_view pass, std::string_view reason);
  /// Null for a node that is free to change.
  [[nodiscard]] const Mark* find(const Node& node) const;
  [[nodiscard]] std::size_t size() const { return marks_.size(); }

 private:
  std::unordered_map<const Node*, Mark> marks_;
};

/// What marking passes look at.
struct MarkScope {
  Graph& graph;  ///< The main graph; nested ones are looked at, too.
  const Analysis& facts;
  const PrecisionOptions& options;
  const Target& target;
};

/// Marks operators that half precision would make wrong. Changes nothing.
class MarkPass {
 public:
  virtual ~MarkPass() = default;

  [[nodiscard]] virtual std::string_view id() const = 0;
  /// One sentence: what is kept, and why.
  [[nodiscard]] virtual std::string_view summary() const = 0;
  /// Keeps in `marks` what it finds in `scope`, nested graphs included.
  virtual void run(const MarkScope& scope, Marks& marks) const = 0;
};

/// All marking passes, in the order in which they run (src/precision/registry.cpp).
[[nodiscard]] std::vector<std::unique_ptr<MarkPass>> make_mark_passes();

}  // namespace ortopt
