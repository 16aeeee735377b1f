#include "passes/feature_vector.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ortopt/ir/node.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {

std::optional<Tensor> as_feature_vector(const Value& value, const Dim& width,
                                        const Analysis& facts) {
  const Tensor* content = facts.constant(value);
  if (content == nullptr || content->dims().empty() ||
      content->dims().back() != content->element_count())
    return std::nullopt;
  if (!width.is(content->element_count())) return std::nullopt;
  return content->reshaped({content->element_count()});
}

bool joins_vector(const Value& value, std::string_view op, const Dim& width,
                  const Analysis& facts) {
  if (value.is_dead() || value.is_graph_output()) return false;
  return std::ranges::all_of(value.uses(), [&](const Use& use) {
    if (use.node->is("Cast")) return joins_vector(*use.node->output(), op, width, facts);
    const Value* other = use.node->is(op) ? use.node->input(1 - use.slot) : nullptr;
    return other != nullptr && as_feature_vector(*other, width, facts);
  });
}

std::optional<std::string> object_to_gamma(const pattern::Match& match, const pattern::Pattern& x,
                                           const pattern::Pattern& gamma,
                                           const pattern::Pattern& shared) {
  const Analysis& facts = match.facts();
  const auto width = facts.dim(match[x], -1);
  if (!width) return "the rank of '" + match[x].name() + "' is unknown";
  if (match.has(gamma) && !as_feature_vector(match[gamma], *width, facts))
    return "gamma '" + match[gamma].name() + "' is no vector over the last dimension";
  if (match.has(shared) && !joins_vector(match[shared], "Mul", *width, facts))
    return "what it normalises is read by more than gammas";
  if (match.has(gamma)) return std::nullopt;
  // The longer form has its root at the reader and matches there.
  if (joins_vector(match.root(), "Mul", *width, facts)) return "a gamma is multiplied next";
  if (!width->constant()) return "without gamma, the width has to be a number";
  return std::nullopt;
}

Value& vector_of(Value& captured, const Dim& width, DataType type, const Analysis& facts,
                 Rewriter& to) {
  const Tensor content = *as_feature_vector(captured, width, facts);
  if (content.dtype() == type) return to.constant(captured.name(), content);
  return to.constant(captured.name() + "_" + std::string(name_of(type)), converted(content, type));
}

Value& scale_of(const pattern::Match& match, const pattern::Pattern& x,
                const pattern::Pattern& gamma, Rewriter& to) {
  const Analysis& facts = match.facts();
  const Dim width = *facts.dim(match[x], -1);
  const DataType type = facts.dtype(match[x]);
  if (match.has(gamma)) return vector_of(match[gamma], width, type, facts, to);
  const int64_t count = *width.constant();
  return to.constant(
      "ones", Tensor::of(type, {count}, std::vector<double>(static_cast<std::size_t>(count), 1.0)));
}

}  // namespace ortopt
