#include "compare/undefined_elements.h"

#include <algorithm>
#include <cmath>
#include <ranges>

#include "compare/tensor_numbers.h"

namespace ortopt {
UndefinedElements::UndefinedElements(const InputCase& inputs, const std::vector<int64_t>& dims)
    : inputs_(inputs) {
  if (inputs.padding != Padding::left) return;
  const InputSizes& sizes = inputs.sizes;
  int64_t stride = 1;
  std::vector<Axis> axes;
  for (const int64_t size : dims | std::views::reverse) {
    axes.insert(axes.begin(), {stride, size, 0});
    stride *= size;
  }
  if (!axes.empty() && axes[0].size == sizes.batch * sizes.sequence && sizes.batch > 1) {
    // [batch · sequence, …]
    const int64_t inner = axes[0].stride;
    axes[0] = {inner, sizes.sequence, 0};
    axes.insert(axes.begin(), {inner * sizes.sequence, sizes.batch, 0});
  }
  for (Axis& axis : axes) {
    if (!batch_ && axis.size == sizes.batch) {
      batch_ = axis;
    } else if (axis.size == sizes.total || axis.size == sizes.sequence) {
      axis.first = sizes.total - axis.size;
      places_.push_back(axis);
    }
  }
  // [batch, tokens · sequence, …]
  constexpr int64_t most_tokens = 4;
  if (!places_.empty() || axes.size() < 3 || axes[0].size != sizes.batch || sizes.sequence < 1)
    return;
  const int64_t tokens = axes[1].size / sizes.sequence;
  if (axes[1].size != tokens * sizes.sequence || tokens < 2 || tokens > most_tokens) return;
  places_.push_back({axes[1].stride * tokens, sizes.sequence, sizes.past});
}

bool UndefinedElements::contains(int64_t element) const {
  if (!batch_) return false;
  const int64_t row = element / batch_->stride % batch_->size;
  const int64_t padded = padded_places(inputs_, row, inputs_.sizes.total);
  return std::ranges::any_of(places_, [&](const Axis& axis) {
    return axis.first + element / axis.stride % axis.size < padded;
  });
}

NanCount count_nans(const Tensor& tensor, const InputCase& inputs) {
  NanCount count;
  const UndefinedElements undefined(inputs, tensor.dims());
  const TensorNumbers numbers(tensor);
  std::vector<double> elements(static_cast<std::size_t>(numbers.count()));
  if (!numbers.read(0, elements)) elements.clear();
  if (elements.empty()) count.all = false;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (undefined.contains(static_cast<int64_t>(i))) continue;
    const bool is_nan = std::isnan(elements[i]);
    count.any |= is_nan;
    count.all &= is_nan;
  }
  return count;
}

}  // namespace ortopt
