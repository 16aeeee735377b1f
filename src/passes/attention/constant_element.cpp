#include "passes/attention/constant_element.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>

#include "passes/repeats.h"

namespace ortopt::attention {
namespace {

/// Causal triangles of a few thousand positions are the largest constants that masks are made of.
constexpr uint64_t max_bytes = 64ULL << 20;

/// The part of a constant that a partly constant index leaves free: at most two dimensions.
struct Slab {
  std::vector<double> elements;  ///< Row-major over `extents`.
  std::vector<int64_t> extents;
  std::vector<Dim> index;  ///< One for each free dimension.
  bool is_integer = false;
};

template <class T>
double as_number(const std::byte* at) {
  T element;
  std::memcpy(&element, at, sizeof element);
  return static_cast<double>(element);
}

std::optional<double> element_at(DataType type, const std::byte* at) {
  switch (type) {
    case DataType::boolean:
    case DataType::uint8:
      return as_number<uint8_t>(at);
    case DataType::int8:
      return as_number<int8_t>(at);
    case DataType::int32:
      return as_number<int32_t>(at);
    case DataType::int64:
      return as_number<int64_t>(at);
    case DataType::float32:
      return as_number<float>(at);
    case DataType::float64:
      return as_number<double>(at);
    default:
      return std::nullopt;
  }
}

/// Whether what is found along dimension `k` is the same everywhere.
bool repeats_along(std::size_t k, const Tensor& content, std::span<const std::byte> bytes) {
  const std::vector<int64_t>& dims = content.dims();
  std::size_t inner = bits_of(content.dtype()) / 8;
  for (std::size_t at = k + 1; at < dims.size(); ++at) inner *= static_cast<std::size_t>(dims[at]);
  const std::size_t whole = inner * static_cast<std::size_t>(dims[k]);
  if (whole == 0) return false;
  for (std::size_t start = 0; start < bytes.size(); start += whole)
    if (!repeats(bytes.subspan(start, whole), inner)) return false;
  return true;
}

/// The index, standing at 0 along leading dimensions that repeat, as a mask expanded to the batch
/// does.
std::vector<Dim> without_repeats(std::vector<Dim> index, const Tensor& content,
                                 std::span<const std::byte> bytes) {
  auto free = std::ranges::count_if(index, [](const Dim& at) { return !at.constant(); });
  for (std::size_t k = 0; k < index.size() && free > 2; ++k) {
    if (index[k].constant() || !repeats_along(k, content, bytes)) continue;
    index[k] = Dim(0);
    --free;
  }
  return index;
}

std::optional<Slab> free_slab(const Tensor& content, const std::vector<Dim>& whole_index) {
  if (content.byte_size() > max_bytes) return std::nullopt;
  const auto bytes = content.bytes();
  if (!bytes) return std::nullopt;
  const std::vector<Dim> index = without_repeats(whole_index, content, **bytes);
  Slab slab;
  slab.is_integer = is_integer(content.dtype()) || content.dtype() == DataType::boolean;
  const std::vector<int64_t>& dims = content.dims();
  std::vector<int64_t> strides(dims.size(), 1);
  for (std::size_t k = dims.size(); k-- > 1;) strides[k - 1] = strides[k] * dims[k];
  int64_t start = 0;
  std::vector<int64_t> free_strides;
  for (std::size_t k = 0; k < dims.size(); ++k) {
    if (const auto at = index[k].constant()) {
      const int64_t position = *at < 0 ? *at + dims[k] : *at;
      if (position < 0 || position >= dims[k]) return std::nullopt;
      start += position * strides[k];
    } else {
      slab.extents.push_back(dims[k]);
      slab.index.push_back(index[k]);
      free_strides.push_back(strides[k]);
    }
  }
  if (slab.extents.size() > 2) return std::nullopt;
  const std::size_t width = bits_of(content.dtype()) / 8;
  const int64_t rows = slab.extents.size() > 1 ? slab.extents[0] : 1;
  const int64_t columns = slab.extents.empty() ? 1 : slab.extents.back();
  const int64_t row_stride = slab.extents.size() > 1 ? free_strides[0] : 0;
  const int64_t column_stride = slab.extents.empty() ? 0 : free_strides.back();
  slab.elements.reserve(static_cast<std::size_t>(rows * columns));
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      const auto offset =
          static_cast<std::size_t>(start + row * row_stride + column * column_stride);
      const auto element = element_at(content.dtype(), (*bytes)->data() + offset * width);
      if (!element) return std::nullopt;
      slab.elements.push_back(*element);
    }
  return slab;
}

ExpressionPtr plain(const Slab& slab, double element) {
  return slab.is_integer ? integer(Dim(static_cast<int64_t>(element))) : number(element);
}

/// k·index + c along one of the free dimensions, whatever the other is.
ExpressionPtr affine(const Slab& slab) {
  const int64_t columns = slab.extents.back();
  const int64_t rows = slab.extents.size() > 1 ? slab.extents[0] : 1;
  for (std::size_t along = 0; along < slab.extents.size(); ++along) {
    const bool is_column = along + 1 == slab.extents.size();
    const int64_t extent = slab.extents[along];
    const double base = slab.elements[0];
    const double step =
        extent > 1 ? slab.elements[static_cast<std::size_t>(is_column ? 1 : columns)] - base : 0;
    if (step != std::floor(step) || base != std::floor(base) || std::abs(step) > 1e9 ||
        std::abs(base) > 1e15)
      continue;
    bool fits = true;
    for (int64_t row = 0; row < rows && fits; ++row)
      for (int64_t column = 0; column < columns && fits; ++column) {
        const int64_t position = is_column ? column : row;
        fits = slab.elements[static_cast<std::size_t>(row * columns + column)] ==
               base + step * static_cast<double>(position);
      }
    if (fits)
      return integer(slab.index[along] * Dim(static_cast<int64_t>(step)) +
                     Dim(static_cast<int64_t>(base)));
  }
  return nullptr;
}

/// `inside` where lo ≤ row − column ≤ hi and `outside` elsewhere, when the slab is that.
ExpressionPtr band(const Slab& slab, double inside, double outside) {
  const int64_t rows = slab.extents[0];
  const int64_t columns = slab.extents[1];
  std::optional<int64_t> lowest;
  std::optional<int64_t> highest;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      if (slab.elements[static_cast<std::size_t>(row * columns + column)] == inside) {
        lowest = std::min(lowest.value_or(row - column), row - column);
        highest = std::max(highest.value_or(row - column), row - column);
      }
  if (!lowest) return nullptr;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      const int64_t diagonal = row - column;
      const double expected = diagonal >= *lowest && diagonal <= *highest ? inside : outside;
      if (slab.elements[static_cast<std::size_t>(row * columns + column)] != expected)
        return nullptr;
    }
  const Dim diagonal = slab.index[0] - slab.index[1];
  std::vector<ExpressionPtr> conditions;
  if (*lowest > 1 - columns) conditions.push_back(nonnegative(diagonal - Dim(*lowest)));
  if (*highest < rows - 1) conditions.push_back(nonnegative(Dim(*highest) - diagonal));
  if (conditions.empty()) return nullptr;
  return make(Expression::Op::choice, {make(Expression::Op::conjunction, conditions),
                                       plain(slab, inside), plain(slab, outside)});
}

ExpressionPtr two_valued(const Slab& slab) {
  if (slab.extents.size() != 2) return nullptr;
  const double first = slab.elements.front();
  const auto other =
      std::ranges::find_if(slab.elements, [&](double element) { return element != first; });
  if (other == slab.elements.end()) return nullptr;
  const double second = *other;
  if (ExpressionPtr found = band(slab, first, second)) return found;
  return band(slab, second, first);
}

}  // namespace

ExpressionPtr constant_element(const Tensor& content, const std::vector<Dim>& index) {
  if (const auto everywhere = content.splat()) {
    const bool whole = is_integer(content.dtype()) || content.dtype() == DataType::boolean;
    return whole ? integer(Dim(static_cast<int64_t>(*everywhere))) : number(*everywhere);
  }
  const auto slab = free_slab(content, index);
  if (!slab || slab->elements.empty()) return nullptr;
  const double first = slab->elements[0];
  if (std::ranges::all_of(slab->elements, [&](double element) { return element == first; }))
    return plain(*slab, first);
  if (ExpressionPtr found = affine(*slab)) return found;
  return two_valued(*slab);
}

}  // namespace ortopt::attention
