#include "passes/feature_vector.h"

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

}  // namespace ortopt
