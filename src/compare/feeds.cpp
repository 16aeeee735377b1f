#include "compare/feeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/input_values.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

/// How many places of each row are no padding.
Result<Tensor> lengths_of(const Tensor& mask, DataType type, LengthForm form) {
  const Result<Tensor::Bytes> bytes = converted(mask, DataType::int64).bytes();
  if (!bytes) return pass_on(bytes.error());
  const auto* places = reinterpret_cast<const int64_t*>((*bytes)->data());
  const auto width = static_cast<std::size_t>(mask.dims()[1]);
  std::vector<double> lengths;
  for (int64_t row = 0; row < mask.dims()[0]; ++row, places += width)
    lengths.push_back(static_cast<double>(
        std::count_if(places, places + width, [](int64_t n) { return n != 0; })));
  if (form == LengthForm::with_sums) lengths = with_sums(std::move(lengths), mask.dims()[1]);
  return Tensor::of(type, {static_cast<int64_t>(lengths.size())}, lengths);
}

Result<Tensor> suited(const Tensor& tensor, const Port& port, LengthForm form) {
  const bool is_mask = tensor.dims().size() == 2 && port.dims.size() == 1 &&
                       is_integer(tensor.dtype()) && is_integer(port.type);
  if (is_mask) return lengths_of(tensor, port.type, form);
  if (tensor.dtype() == port.type || tensor.dtype() == DataType::string) return tensor;
  const Tensor other = converted(tensor, port.type);
  Result<Tensor::Bytes> bytes = other.bytes();
  if (!bytes) return pass_on(bytes.error());
  return Tensor(port.type, tensor.dims(), *std::move(bytes));
}

}  // namespace

Result<std::vector<NamedTensor>> translate_feeds(const std::vector<NamedTensor>& feeds,
                                                 const Signature& baseline, const Signature& other,
                                                 const SignatureMatch& match,
                                                 LengthForm length_form) {
  std::vector<NamedTensor> out;
  for (std::size_t i = 0; i < other.inputs.size(); ++i) {
    const Port& port = other.inputs[i];
    const auto pair = std::ranges::find(match.inputs, i, &PortPair::other);
    const auto feed =
        pair == match.inputs.end()
            ? feeds.end()
            : std::ranges::find(feeds, baseline.inputs[pair->baseline].name, &NamedTensor::name);
    if (feed == feeds.end())
      return fail(Code::different, fmt::format("input '{}' ({}) of the other model is nothing that "
                                               "the baseline takes; --map names it",
                                               port.name, describe(port)));
    Result<Tensor> tensor = suited(feed->tensor, port, length_form);
    if (!tensor) return pass_on(tensor.error());
    out.push_back({port.name, *std::move(tensor)});
  }
  return out;
}

}  // namespace ortopt
