#include <algorithm>
#include <string>

#include "shape/rules.h"

namespace ortopt::shape {
namespace {

/// How one spatial dimension of a convolution is walked.
struct Walk {
  Dim kernel;
  int64_t stride = 1;
  Dim padding;
  bool is_same = false;  ///< auto_pad: as many as the stride leaves.
};

Dim output_size(Step& step, const Dim& size, const Walk& walk) {
  if (walk.is_same) return quotient(size + Dim(walk.stride - 1), walk.stride);
  const Dim room = size + walk.padding - walk.kernel;
  if (const auto exact = room.divided_by(walk.stride)) return *exact + Dim(1);
  if (const auto number = room.constant())
    return *number < 0 ? Dim(0) : Dim(*number / walk.stride + 1);
  Dim length = Dim::symbol("(" + room.text() + ")//" + std::to_string(walk.stride) + "+1");
  step.knowledge().add_length(room, walk.stride, length - Dim(1));
  return length;
}

}  // namespace

void convolution(Step& step) {
  const Dims* input = step.dims(0);
  const Dims* weight = step.dims(1);
  if (input == nullptr || weight == nullptr || input->size() < 3 || input->size() != weight->size())
    return;
  const std::size_t spatial = input->size() - 2;
  const auto numbers = [&](std::string_view attribute, std::size_t count, int64_t otherwise) {
    auto given = step.node().ints_attribute(attribute);
    return given && given->size() == count ? *given : std::vector<int64_t>(count, otherwise);
  };
  const auto strides = numbers("strides", spatial, 1);
  const auto dilations = numbers("dilations", spatial, 1);
  const auto pads = numbers("pads", 2 * spatial, 0);
  const std::string automatic = step.node().string_attribute("auto_pad").value_or("NOTSET");
  Dims dims = {(*input)[0], step.fresh("", size_of((*weight)[0]), AxisKind::projection)};
  for (std::size_t k = 0; k < spatial; ++k) {
    if (strides[k] < 1) return;
    const Dim kernel = size_of((*weight)[2 + k]);
    const bool is_padded = automatic == "NOTSET";
    const Walk walk{.kernel = (kernel - Dim(1)) * Dim(dilations[k]) + Dim(1),
                    .stride = strides[k],
                    .padding = is_padded ? Dim(pads[k]) + Dim(pads[k + spatial]) : Dim(0),
                    .is_same = automatic.starts_with("SAME")};
    dims.push_back(
        step.fresh("space" + std::to_string(k), output_size(step, size_of((*input)[2 + k]), walk)));
  }
  step.set(0, dims);
}

/// Channels go from blocks back to one dimension, and lose what filled the last block up.
void reorder_output(Step& step) {
  const Dims* input = step.dims(0);
  const int64_t channels = step.node().int_attribute("channels", 0);
  if (input == nullptr || input->size() < 3 || channels < 1) return;
  Dims dims = *input;
  if (!size_of(dims[1]).is(channels)) dims[1] = step.fresh("channels", Dim(channels));
  if (step.node().int_attribute("channels_last", 0) != 0)
    std::rotate(dims.begin() + 1, dims.begin() + 2, dims.end());
  step.set(0, dims);
}

}  // namespace ortopt::shape
