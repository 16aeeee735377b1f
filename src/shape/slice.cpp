#include "shape/slice.h"

#include <algorithm>

#include "ortopt/ir/axis.h"
#include "shape/content.h"
#include "shape/rules.h"

namespace ortopt::shape {
namespace {

/// "To the end" is spelled as a number beyond any size.
bool is_the_end(int64_t number) { return number >= (int64_t{1} << 30) || number == 1'000'000'000; }

/// Where a slice starts or ends within a dimension. A number that may lie beyond the dimension is
/// clamped, as the operator does it: the position is a symbol then. A symbol is assumed to lie within.
struct Position {
  Dim at;
  bool is_clamped = false;
};

Position position_of_number(int64_t number, const Dim& size) {
  if (number <= -(int64_t{1} << 30)) return {0};
  if (const auto count = size.constant())
    return {number < 0 ? std::max<int64_t>(0, *count + number) : std::min(number, *count)};
  if (is_the_end(number)) return {size};
  if (number < 0) {
    const Dim start = size + Dim(number);
    if (start.is_nonnegative() == true) return {start};
    return {Dim::symbol("(max " + start.text() + ",0)"), true};
  }
  if ((size - Dim(number)).is_nonnegative() == true) return {number};
  return {Dim::symbol("(min " + std::to_string(number) + "," + size.text() + ")"), true};
}

Position position(const Step& step, const Dim& given, const Dim& size) {
  if (const auto number = given.constant()) return position_of_number(*number, size);
  if (given.is_nonnegative() == false) {
    step.require_at_most(Dim(0) - given, size);
    return {size + given};
  }
  if ((given - size).is_nonnegative() == true) return {size};
  step.require_at_most(given, size);
  return {given};
}

/// How many elements lie between two positions.
Dim distance(const Step& step, const Position& from, const Position& to) {
  const Dim count = to.at - from.at;
  const auto is_size = count.is_nonnegative();
  if (is_size) return *is_size ? count : Dim(0);
  if (from.is_clamped || to.is_clamped) return Dim::symbol("(" + count.text() + ")");
  step.require_at_most(from.at, to.at);
  return count;
}

std::vector<std::size_t> positions_in(const Bounds& bounds, int64_t size) {
  std::vector<std::size_t> positions;
  const auto place = [size](int64_t number, int64_t low, int64_t high) {
    return std::clamp(number < 0 ? number + size : number, low, high);
  };
  const int64_t step = bounds.step;
  const int64_t start = *bounds.start.constant();
  const int64_t end = *bounds.end.constant();
  if (step > 0)
    for (int64_t k = place(start, 0, size); k < place(end, 0, size); k += std::min(step, size + 1))
      positions.push_back(static_cast<std::size_t>(k));
  else if (step < 0)
    for (int64_t k = place(start, -1, size - 1); k > place(end, -1, size - 1);
         k += std::max(step, -size - 1))
      positions.push_back(static_cast<std::size_t>(k));
  return positions;
}

struct SliceArguments {
  std::vector<Bounds> bounds;
  std::vector<std::size_t> axes;
};

/// Bounds that are not known have no step.
std::optional<SliceArguments> slice_arguments(const Step& step, std::size_t rank) {
  SliceArguments result;
  std::optional<std::vector<Dim>> starts;
  std::optional<std::vector<Dim>> ends;
  const auto fixed_starts = step.node().ints_attribute("starts");
  const auto fixed_ends = step.node().ints_attribute("ends");
  if (fixed_starts && fixed_ends) {
    starts.emplace(fixed_starts->begin(), fixed_starts->end());
    ends.emplace(fixed_ends->begin(), fixed_ends->end());
  } else {
    starts = step.dims_of(1);
    ends = step.dims_of(2);
  }
  std::size_t count = 0;
  if (starts) {
    count = starts->size();
  } else {
    const auto known = step.dims(1) == nullptr ? std::nullopt : content_size(*step.dims(1));
    if (!known) return std::nullopt;
    count = *known;
  }
  const Step::List axes = step.list("axes", 3);
  std::vector<int64_t> numbers;
  if (axes.absent)
    for (std::size_t k = 0; k < count; ++k) numbers.push_back(static_cast<int64_t>(k));
  else if (axes.numbers)
    numbers = *axes.numbers;
  const auto places = axes_from_front(numbers, rank);
  const auto steps = step.in(4) == nullptr ? std::vector<int64_t>(count, 1) : step.ints_of(4);
  if (!places || places->size() != count || (ends && ends->size() != count)) return std::nullopt;
  result.axes = *places;
  const bool known = starts && ends && steps && steps->size() == count;
  for (std::size_t k = 0; k < count; ++k)
    result.bounds.push_back(known ? Bounds{(*starts)[k], (*ends)[k], (*steps)[k]}
                                  : Bounds{.step = 0});
  return result;
}

}  // namespace

void cut(Step& step, Layout& layout, std::size_t axis, const Bounds& bounds) {
  LayoutDim& dim = layout.dims[axis];
  const Dim size = size_of(dim);
  if (bounds.step <= 0) {
    const bool reverses = bounds.step == -1 && bounds.start.is(-1) && bounds.end.constant() &&
                          *bounds.end.constant() < -(int64_t{1} << 30);
    dim = step.fresh("slice", reverses ? size : step.unknown(axis));
    return;
  }
  const Position from = position(step, bounds.start, size);
  const Dim& start = from.at;
  const Dim length = distance(step, from, position(step, bounds.end, size));
  const auto exact = length.divided_by(bounds.step);
  const Dim count = exact ? *exact : quotient(length + Dim(bounds.step - 1), bounds.step);
  if (count == size) return;
  if (dim.size() == 1) {
    Factor& factor = dim.front();
    Dim& offset = layout.offsets[factor.axis];
    offset = offset + start * factor.stride;
    factor.stride = factor.stride * Dim(bounds.step);
    factor.size = count;
    dim = normalised(dim);
  } else if (dim.empty()) {
    step.require_equal(count, 1);
  } else {
    dim = step.fresh("slice", count);
  }
}

std::optional<ShapeValue> taken(const ShapeValue& content, std::size_t axis,
                                const std::vector<std::size_t>& positions) {
  if (axis >= content.dims.size()) return std::nullopt;
  std::size_t inner = 1;
  for (std::size_t k = axis + 1; k < content.dims.size(); ++k)
    inner *= static_cast<std::size_t>(content.dims[k]);
  const auto length = static_cast<std::size_t>(content.dims[axis]);
  ShapeValue result{content.dims, {}};
  result.dims[axis] = static_cast<int64_t>(positions.size());
  const std::size_t outer = length * inner == 0 ? 0 : content.elements.size() / (length * inner);
  if (outer * positions.size() * inner > max_content) return std::nullopt;
  for (std::size_t block = 0; block < outer; ++block)
    for (const std::size_t position : positions) {
      if (position >= length) return std::nullopt;
      const auto from = content.elements.begin() +
                        static_cast<std::ptrdiff_t>((block * length + position) * inner);
      result.elements.insert(result.elements.end(), from,
                             from + static_cast<std::ptrdiff_t>(inner));
    }
  return result;
}

void slice(Step& step) {
  if (step.dims(0) == nullptr) return;
  const auto arguments = slice_arguments(step, step.dims(0)->size());
  if (!arguments) return;
  Layout layout = *step.in(0)->layout;
  const ShapeValue* known = step.content(0);
  std::optional<ShapeValue> content = known == nullptr ? std::nullopt : std::optional(*known);
  for (std::size_t k = 0; k < arguments->axes.size(); ++k) {
    const Bounds& bounds = arguments->bounds[k];
    const std::size_t axis = arguments->axes[k];
    cut(step, layout, axis, bounds);
    const bool is_fixed = bounds.step != 0 && bounds.start.constant() && bounds.end.constant();
    if (content && is_fixed && axis < content->dims.size())
      content = taken(*content, axis, positions_in(bounds, content->dims[axis]));
    else
      content.reset();
  }
  step.set(0, layout.dims, layout.offsets);
  if (content && static_sizes(layout.dims) == content->dims) step.set_content(0, *content);
}

namespace {

/// The sizes of the parts; nothing when they are not known.
std::optional<std::vector<Dim>> part_sizes(const Step& step, const Dim& size, std::size_t count) {
  const Step::List given = step.list("split", 1);
  if (given.numbers) return std::vector<Dim>(given.numbers->begin(), given.numbers->end());
  if (!given.absent) return step.dims_of(1);
  if (count == 0) return std::nullopt;
  const auto parts = static_cast<int64_t>(count);
  if (const auto even = size.divided_by(parts)) return std::vector<Dim>(count, *even);
  const auto number = size.constant();
  if (!number) return std::nullopt;
  // Since opset 18 the last part may be shorter.
  const int64_t each = (*number + parts - 1) / parts;
  std::vector<Dim> sizes(count - 1, each);
  sizes.emplace_back(std::max<int64_t>(0, *number - each * (parts - 1)));
  return sizes;
}

/// Part `k` of a split; starts at `start`.
Record part(Step& step, std::size_t axis, const Dim& start, const Dim& size) {
  Record record;
  record.dtype = step.in(0)->dtype;
  record.scores = step.in(0)->scores;
  record.probabilities = step.in(0)->probabilities;
  Layout& layout = record.layout.emplace(*step.in(0)->layout);
  cut(step, layout, axis, {start, start + size, 1});
  const ShapeValue* content = step.content(0);
  if (content != nullptr && start.constant() && size.constant() && axis < content->dims.size()) {
    const Bounds bounds{start, start + size, 1};
    if (auto elements = taken(*content, axis, positions_in(bounds, content->dims[axis])))
      record.content = std::make_shared<const ShapeValue>(std::move(*elements));
  }
  return record;
}

}  // namespace

void split(Step& step) {
  const Dims* dims = step.dims(0);
  const auto axis = dims == nullptr
                        ? std::nullopt
                        : axis_from_front(step.node().int_attribute("axis", 0), dims->size());
  if (!axis) return;
  const Dim size = size_of((*dims)[*axis]);
  const auto sizes = part_sizes(step, size, step.output_count());
  if (!sizes || sizes->size() != step.output_count()) return;
  Dim start = 0;
  for (std::size_t k = 0; k < sizes->size(); ++k) {
    step.out(k) = part(step, *axis, start, (*sizes)[k]);
    start = start + (*sizes)[k];
  }
}

void split_to_sequence(Step& step) {
  const Dims* dims = step.dims(0);
  const auto axis = dims == nullptr
                        ? std::nullopt
                        : axis_from_front(step.node().int_attribute("axis", 0), dims->size());
  auto sizes = step.in(1) == nullptr ? std::nullopt : step.dims_of(1);
  if (!axis || !sizes) return;
  const Dim size = size_of((*dims)[*axis]);
  if (sizes->size() == 1) {
    const auto whole = size.divided_by((*sizes)[0]);
    const auto count = whole ? whole->constant() : std::nullopt;
    if (!count || *count < 0 || *count > static_cast<int64_t>(max_content)) return;
    sizes = std::vector<Dim>(static_cast<std::size_t>(*count), (*sizes)[0]);
  }
  auto parts = std::make_shared<std::vector<Record>>();
  Dim start = 0;
  for (const Dim& length : *sizes) {
    parts->push_back(part(step, *axis, start, length));
    start = start + length;
  }
  step.out().parts = std::move(parts);
}

void sequence_at(Step& step) {
  const Record* sequence = step.in(0);
  const auto index = step.ints_of(1);
  if (sequence == nullptr || !sequence->parts || !index || index->size() != 1) return;
  const auto place = axis_from_front((*index)[0], sequence->parts->size());
  if (place) step.out() = (*sequence->parts)[*place];
}

}  // namespace ortopt::shape
