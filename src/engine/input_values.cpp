#include "engine/input_values.h"

#include <algorithm>

namespace ortopt {
namespace {

/// Row and place of an element of [batch, …, places].
struct Place {
  int64_t row;
  int64_t at;
  int64_t length;
};

bool is_padding(const InputCase& inputs, int64_t row, int64_t at, int64_t length) {
  const int64_t count = padded_places(inputs, row, length);
  return inputs.padding == Padding::left ? at < count : at >= length - count;
}

double token(const InputMeaning& meaning, const InputCase& inputs, const Place& place,
             Random& random) {
  // Places of this run come after those of the past.
  const int64_t past = std::max<int64_t>(inputs.sizes.total - inputs.sizes.sequence, 0);
  if (meaning.padding && is_padding(inputs, place.row, past + place.at, past + place.length))
    return static_cast<double>(*meaning.padding);
  // The last place that is no padding: the next one is, or there is none.
  const bool is_last = place.at + 1 == place.length ||
                       (inputs.padding == Padding::right &&
                        is_padding(inputs, place.row, past + place.at + 1, past + place.length));
  if (meaning.end && is_last) return static_cast<double>(*meaning.end);
  const int64_t limit = std::max<int64_t>(meaning.limit.value_or(2), 1);
  // The first few ids are special in most vocabularies: padding, unknown, start.
  constexpr int64_t usual_special = 3;
  const int64_t first = limit > 4 * usual_special ? usual_special : 0;
  int64_t id = random.between(first, limit - 1);
  if ((id == meaning.padding || id == meaning.end) && limit - first > 1)
    id = id + 1 < limit ? id + 1 : first;
  return static_cast<double>(id);
}

double value_at(const InputMeaning& meaning, const InputCase& inputs, const Place& place,
                Random& random) {
  const int64_t last = meaning.limit.value_or(INT64_MAX) - 1;
  const int64_t past = inputs.sizes.total - inputs.sizes.sequence;
  switch (meaning.kind) {
    case InputKind::ids:
      return token(meaning, inputs, place, random);
    case InputKind::segment:
      return static_cast<double>(
          std::min<int64_t>(last, place.at + place.row >= place.length / 2 ? 1 : 0));
    case InputKind::position:
      return static_cast<double>(
          std::clamp<int64_t>(past + place.at, 0, std::max<int64_t>(last, 0)));
    case InputKind::mask:
      return is_padding(inputs, place.row, place.at, place.length) == meaning.marks_padding ? 1 : 0;
    case InputKind::global_mask:
      return place.at < inputs.global_places ? 1 : 0;
    case InputKind::length:
      return static_cast<double>(inputs.sizes.sequence -
                                 padded_places(inputs, place.at, inputs.sizes.sequence));
    case InputKind::flag:
      return inputs.flags ? 1 : 0;
    case InputKind::past:
      return random.normal() / 2;
    case InputKind::features:
      break;
  }
  return random.normal();
}

}  // namespace

int64_t padded_places(const InputCase& inputs, int64_t row, int64_t length) {
  if (inputs.padding == Padding::none) return 0;
  const int64_t most = std::max<int64_t>(length - 1, 0);
  if (!inputs.lengths.empty()) {
    const auto index = static_cast<std::size_t>(row) % inputs.lengths.size();
    return std::clamp<int64_t>(inputs.sizes.sequence - inputs.lengths[index], 0, most);
  }
  // The first of several rows stays whole; no row ever is all padding.
  const int64_t wished = row == 0 && inputs.sizes.batch > 1 ? 0 : std::min<int64_t>(row, 1) + 2;
  return std::clamp<int64_t>(wished, 0, most);
}

std::vector<double> with_sums(std::vector<double> lengths, int64_t sequence) {
  const std::size_t rows = lengths.size();
  for (std::size_t row = 0; row <= rows; ++row)
    lengths.push_back(static_cast<double>(row) * static_cast<double>(sequence));
  double keys = 0;
  lengths.push_back(keys);
  for (std::size_t row = 0; row < rows; ++row) lengths.push_back(keys += lengths[row]);
  return lengths;
}

std::vector<double> input_values(const InputMeaning& meaning, const InputCase& inputs,
                                 std::span<const int64_t> dims, Random& random) {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  const int64_t length = dims.empty() ? 1 : dims.back();
  const int64_t rows = dims.size() > 1 ? dims.front() : 1;
  std::vector<double> values(static_cast<std::size_t>(count));
  for (int64_t i = 0; i < count; ++i)
    values[static_cast<std::size_t>(i)] =
        value_at(meaning, inputs, {i / (count / rows), i % length, length}, random);
  return values;
}

}  // namespace ortopt
