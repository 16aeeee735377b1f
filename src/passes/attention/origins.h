#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/ir/graph.h"
#include "ortopt/shape/analysis.h"

namespace ortopt::attention {

/// Operators that move elements about, or convert them, and change nothing else.
[[nodiscard]] bool is_view(const Node& node);

/// A product with a constant: what makes features of a source.
[[nodiscard]] bool is_projection(const Node& node, const Analysis& facts);

/// The readers of a value that want its content, not its shape.
[[nodiscard]] std::vector<Use> readers_of(const Value& value);

/// "abc,cde->abde", taken apart; nothing when the output is not spelled out or has an ellipsis.
struct Equation {
  std::vector<std::string> terms;
  std::string result;

  [[nodiscard]] static std::optional<Equation> of(const Node& einsum);
};
[[nodiscard]] inline bool has(std::string_view letters, char letter) {
  return letters.find(letter) != std::string_view::npos;
}

/// Which projections values are computed from; remembers its answers.
class Origins {
 public:
  explicit Origins(const Analysis& facts) : facts_(&facts) {}

  [[nodiscard]] const Analysis& facts() const { return *facts_; }
  /// The nearest projections that `value` is computed from: none is behind another.
  [[nodiscard]] const std::vector<Node*>& of(Value& value);

 private:
  const Analysis* facts_;
  std::map<const Value*, std::vector<Node*>> known_;
};

}  // namespace ortopt::attention
