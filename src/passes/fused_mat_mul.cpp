#include "ortopt/passes/fused_mat_mul.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ortopt/pass/rewriter.h"

namespace ortopt {

using pattern::any;
using pattern::call_in;
using pattern::Match;
using pattern::Pattern;

namespace {

/// How the operator turns one of its operands before it multiplies.
struct Turn {
  bool last_two = false;       ///< The last two dimensions change places.
  bool first_to_rows = false;  ///< The first dimension goes behind those of the batch.

  [[nodiscard]] bool is_nothing() const { return !last_two && !first_to_rows; }
};

Turn turn_of(const Node& product, char side) {
  const auto is_set = [&](std::string name) { return product.int_attribute(name + side, 0) != 0; };
  return {.last_two = is_set("trans"), .first_to_rows = is_set("transBatch")};
}

std::optional<std::string> objection(const Turn& turn, const Value& operand,
                                     const Analysis& facts) {
  if (turn.is_nothing()) return std::nullopt;
  const auto rank = facts.rank(operand);
  if (!rank) return "the rank of '" + operand.name() + "' is not known";
  if (!turn.first_to_rows || *rank > 2) return std::nullopt;
  return "'" + operand.name() + "' has " + std::to_string(*rank) +
         " dimensions, none of them a batch";
}

/// The operand as the product wants it. A vector has nothing to turn.
Value& turned(Value& operand, const Turn& turn, Rewriter& to) {
  const std::size_t rank = turn.is_nothing() ? 0 : *to.facts().rank(operand);
  if (rank < 2) return operand;
  std::vector<int64_t> perm(rank);
  std::iota(perm.begin(), perm.end(), 0);
  if (turn.first_to_rows) std::rotate(perm.begin(), perm.begin() + 1, perm.end() - 1);
  if (turn.last_two) std::swap(perm[rank - 1], perm[rank - 2]);
  return to.node("", "Transpose", {&operand}, {{"perm", std::move(perm)}});
}

}  // namespace

FusedMatMul::FusedMatMul()
    : FusionPass("fused_mat_mul", "FusedMatMul becomes transposes, a product and a scale again") {
  const Pattern a = any("a");
  const Pattern b = any("b");
  pattern = call_in("com.microsoft", "FusedMatMul", {a, b});
  anchors = {"FusedMatMul"};
  guard = [=](const Match& match, const Context&) {
    const Node& product = *match.root().producer();
    const auto left = objection(turn_of(product, 'A'), match[a], match.facts());
    return left ? left : objection(turn_of(product, 'B'), match[b], match.facts());
  };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    const Node& fused = *match.root().producer();
    const float alpha = fused.float_attribute("alpha", 1.0F);
    Value& left = turned(match[a], turn_of(fused, 'A'), to);
    Value& right = turned(match[b], turn_of(fused, 'B'), to);
    Value& product = to.node("", "MatMul", {&left, &right});
    if (alpha == 1.0F) return product;
    const Tensor scale = Tensor::scalar(match.facts().dtype(match[a]), alpha);
    return to.node("", "Mul", {&product, &to.constant(fused.label() + "_alpha", scale)});
  };
}

}  // namespace ortopt
