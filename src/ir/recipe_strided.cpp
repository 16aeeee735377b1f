#include <algorithm>
#include <array>
#include <cstring>

#include "ir/recipes.h"

namespace ortopt {
namespace {

/// Calls `visit(from, to)` with the element offsets of every index of `axes`; `to_strides` says how
/// far apart the targets are.
template <class Visit>
void for_each_index(std::span<const StridedAxis> axes, std::span<const int64_t> to_strides,
                    const Visit& visit) {
  std::vector<int64_t> index(axes.size(), 0);
  int64_t from = 0;
  int64_t to = 0;
  while (true) {
    visit(from, to);
    std::size_t axis = axes.size();
    while (axis > 0) {
      --axis;
      from += axes[axis].stride;
      to += to_strides[axis];
      if (++index[axis] < axes[axis].size) break;
      from -= axes[axis].stride * axes[axis].size;
      to -= to_strides[axis] * axes[axis].size;
      index[axis] = 0;
      if (axis == 0) return;
    }
    if (axes.empty()) return;
  }
}

/// Both sides of a matrix transpose stay in the cache when it is done in squares.
constexpr int64_t tile = 16;

template <std::size_t Size>
void transpose_matrix(const std::byte* from, int64_t from_stride, std::byte* to, int64_t to_stride,
                      int64_t rows, int64_t columns) {
  using Element = std::array<std::byte, Size>;
  const auto* source = reinterpret_cast<const Element*>(from);
  auto* target = reinterpret_cast<Element*>(to);
  for (int64_t row = 0; row < rows; row += tile)
    for (int64_t column = 0; column < columns; column += tile)
      for (int64_t r = row; r < std::min(row + tile, rows); ++r)
        for (int64_t c = column; c < std::min(column + tile, columns); ++c)
          target[r * to_stride + c] = source[c * from_stride + r];
}

using TransposeMatrix = void (*)(const std::byte*, int64_t, std::byte*, int64_t, int64_t, int64_t);

TransposeMatrix transpose_for(uint64_t element) {
  switch (element) {
    case 1:
      return transpose_matrix<1>;
    case 2:
      return transpose_matrix<2>;
    case 4:
      return transpose_matrix<4>;
    case 8:
      return transpose_matrix<8>;
    default:
      ensure(element == 16, "elements have 1, 2, 4, 8 or 16 bytes");
  }
  return transpose_matrix<16>;
}

}  // namespace

void gather_strided(std::span<const StridedAxis> axes, uint64_t element, const std::byte* from,
                    std::byte* to) {
  if (std::ranges::any_of(axes, [](const StridedAxis& axis) { return axis.size == 0; })) return;
  const auto width = static_cast<int64_t>(element);
  if (axes.empty()) {
    std::memcpy(to, from, element);
    return;
  }
  // The last axis is the columns of a matrix, its rows the axis whose elements lie side by side in
  // the source.
  std::vector<StridedAxis> outer(axes.begin(), axes.end() - 1);
  std::vector<int64_t> to_strides(axes.size(), 1);
  for (std::size_t k = axes.size() - 1; k > 0; --k)
    to_strides[k - 1] = to_strides[k] * axes[k].size;
  to_strides.pop_back();
  const StridedAxis columns = axes.back();
  if (columns.stride == 1) {
    for_each_index(outer, to_strides, [&](int64_t source, int64_t target) {
      std::memcpy(to + target * width, from + source * width,
                  static_cast<std::size_t>(columns.size * width));
    });
    return;
  }
  StridedAxis rows{1, 0};
  int64_t row_stride = 0;
  for (std::size_t k = 0; k < outer.size(); ++k) {
    if (outer[k].stride != 1) continue;
    rows = outer[k];
    row_stride = to_strides[k];
    outer.erase(outer.begin() + static_cast<std::ptrdiff_t>(k));
    to_strides.erase(to_strides.begin() + static_cast<std::ptrdiff_t>(k));
    break;
  }
  const TransposeMatrix transpose = transpose_for(element);
  for_each_index(outer, to_strides, [&](int64_t source, int64_t target) {
    transpose(from + source * width, columns.stride, to + target * width, row_stride, rows.size,
              columns.size);
  });
}

Result<void> WindowReader::read(uint64_t offset, std::span<std::byte> to) {
  if (to.size() >= window_) return read_content(tensor_, offset, to);
  if (offset < start_ || offset + to.size() > start_ + held_.size()) {
    start_ = offset;
    held_.resize(static_cast<std::size_t>(std::min(window_, tensor_.byte_size() - offset)));
    if (Result<void> done = read_content(tensor_, offset, held_); !done) return done;
  }
  std::memcpy(to.data(), held_.data() + (offset - start_), to.size());
  return {};
}

}  // namespace ortopt
