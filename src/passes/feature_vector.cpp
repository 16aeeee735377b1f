#include "passes/feature_vector.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "ortopt/ir/node.h"

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

Tensor vector_of_ones(DataType type, int64_t width) {
  return Tensor::of(type, {width}, std::vector<double>(static_cast<std::size_t>(width), 1.0));
}

}  // namespace ortopt
