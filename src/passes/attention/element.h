#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ortopt/shape/analysis.h"
#include "passes/attention/expression.h"

namespace ortopt::attention {

/// Reads single elements of values as expressions: the index is pushed up through views, gathers,
/// comparisons and arithmetic until it reaches graph inputs and constants. Elements already read
/// are remembered.
class ElementReader {
 public:
  explicit ElementReader(const Analysis& facts) : facts_(&facts) {}

  /// The element of `value` at `index`, which is aligned to the right as in broadcasting; null when
  /// it is not understood (see `reason`).
  [[nodiscard]] ExpressionPtr element(const Value& value, std::vector<Dim> index);
  /// What was not understood first.
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  using Index = std::vector<Dim>;
  using Rule = ExpressionPtr (ElementReader::*)(const Node&, const Index&);

  [[nodiscard]] static Rule rule_for(const Node& node);
  ExpressionPtr read(const Value& value, const Index& index);
  ExpressionPtr not_understood(const std::string& what);
  ExpressionPtr first_input(const Node& node, const Index& index);
  ExpressionPtr cast(const Node& node, const Index& index);
  ExpressionPtr transpose(const Node& node, const Index& index);
  ExpressionPtr view(const Node& node, const Index& index);
  ExpressionPtr tile(const Node& node, const Index& index);
  ExpressionPtr slice(const Node& node, const Index& index);
  ExpressionPtr split(const Value& part, const Index& index);
  ExpressionPtr gather(const Node& node, const Index& index);
  ExpressionPtr gather_nd(const Node& node, const Index& index);
  ExpressionPtr concat(const Node& node, const Index& index);
  ExpressionPtr shifted_concat(const Node& node, const Index& index, std::size_t axis);
  ExpressionPtr range(const Node& node, const Index& index);
  ExpressionPtr filled(const Node& node, const Index& index);
  ExpressionPtr scatter_nd(const Node& node, const Index& index);
  ExpressionPtr cumulative(const Node& node, const Index& index);
  ExpressionPtr reduce(const Node& node, const Index& index);
  ExpressionPtr triangle(const Node& node, const Index& index);
  ExpressionPtr select(const Node& node, const Index& index);
  ExpressionPtr logical(const Node& node, const Index& index);
  ExpressionPtr arithmetic(const Node& node, const Index& index);
  ExpressionPtr comparison(const Node& node, const Index& index);

  ExpressionPtr operand(const Node& node, std::size_t slot, const Index& index);
  /// The same for an input that is not broadcast: it has as many dimensions as there are indices.
  ExpressionPtr moved(const Node& node, std::size_t slot, const Index& index);
  [[nodiscard]] const std::vector<LayoutDim>* dims(const Value* value) const;
  /// The index that an integer element stands for; fails when it is data.
  bool as_index(const ExpressionPtr& expression, Dim& index);

  const Analysis* facts_;
  std::map<std::pair<const Value*, Index>, ExpressionPtr> known_;
  std::string reason_;
  int depth_ = 0;
};

}  // namespace ortopt::attention
