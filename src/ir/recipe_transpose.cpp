#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "ir/recipes.h"

namespace ortopt {
namespace {

constexpr uint64_t window = 1024 * 1024;
/// Pieces that lie farther apart are read one by one.
constexpr uint64_t worthwhile_gap = 16 * 1024;

int64_t product_of(std::span<const StridedAxis> axes) {
  int64_t product = 1;
  for (const StridedAxis& axis : axes) product *= axis.size;
  return product;
}

/// The axes of the result, with those that stay together in the source merged into one.
std::vector<StridedAxis> result_axes(const std::vector<int64_t>& dims,
                                     const std::vector<int64_t>& perm) {
  std::vector<int64_t> strides(dims.size(), 1);
  for (std::size_t k = dims.size(); k > 1; --k) strides[k - 2] = strides[k - 1] * dims[k - 1];
  std::vector<StridedAxis> out;
  for (const int64_t source_axis : perm) {
    const auto k = static_cast<std::size_t>(source_axis);
    const StridedAxis axis{dims[k], strides[k]};
    if (axis.size == 1) continue;
    if (!out.empty() && out.back().stride == axis.size * axis.stride)
      out.back() = {out.back().size * axis.size, axis.stride};
    else
      out.push_back(axis);
  }
  return out;
}

}  // namespace

Transposition::Transposition(Tensor source, std::vector<int64_t> perm)
    : source_(std::move(source)),
      perm_(std::move(perm)),
      axes_(result_axes(source_.dims(), perm_)) {}

std::vector<int64_t> Transposition::dims() const {
  std::vector<int64_t> out;
  for (const int64_t axis : perm_) out.push_back(source_.dims()[static_cast<std::size_t>(axis)]);
  return out;
}

uint64_t Transposition::block_size() const { return uint64_t{8} * 1024 * 1024; }

std::string Transposition::key() const {
  std::string key = "transpose ";
  for (const int64_t axis : perm_) key += std::to_string(axis) + ",";
  return key + " " + content_key(source_);
}

Result<void> Transposition::read(uint64_t offset, std::span<std::byte> to) const {
  const uint64_t element = element_size(dtype());
  const uint64_t first = offset / element;
  const uint64_t end = (offset + to.size() + element - 1) / element;
  const uint64_t size = (end - first) * element;
  if (size == to.size()) return read_elements(axes_, 0, static_cast<int64_t>(first), to);
  std::vector<std::byte> whole(static_cast<std::size_t>(size));
  if (Result<void> done = read_elements(axes_, 0, static_cast<int64_t>(first), whole); !done)
    return done;
  std::memcpy(to.data(), whole.data() + offset % element, to.size());
  return {};
}

/// Elements of the tensor that `axes` describe, from its element `first` on; `base` is where it
/// begins in the source.
Result<void> Transposition::read_elements(std::span<const StridedAxis> axes, int64_t base,
                                          int64_t first, std::span<std::byte> to) const {
  const auto element = static_cast<int64_t>(element_size(dtype()));
  if (axes.empty()) return to.empty() ? Result<void>() : read_block(axes, base, to);
  const int64_t row = product_of(axes.subspan(1));
  std::vector<StridedAxis> part(axes.begin(), axes.end());
  while (!to.empty()) {
    const int64_t count = static_cast<int64_t>(to.size()) / element;
    const int64_t index = first / row;
    const int64_t within_row = first % row;
    const int64_t start = base + index * axes[0].stride;
    int64_t taken = 0;
    Result<void> done;
    if (within_row != 0 || count < row) {
      taken = std::min(count, row - within_row);
      done = read_elements(axes.subspan(1), start, within_row,
                           to.first(static_cast<std::size_t>(taken * element)));
    } else {
      part[0].size = count / row;
      taken = part[0].size * row;
      done = read_block(part, start, to.first(static_cast<std::size_t>(taken * element)));
    }
    if (!done) return done;
    first += taken;
    to = to.subspan(static_cast<std::size_t>(taken * element));
  }
  return {};
}

/// All elements that `axes` describe: reads them in the source's order, then reorders them in
/// memory.
Result<void> Transposition::read_block(std::span<const StridedAxis> axes, int64_t base,
                                       std::span<std::byte> to) const {
  const uint64_t element = element_size(dtype());
  std::vector<std::size_t> order(axes.size());  // Of the source: the widest stride first.
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order,
                    [&](std::size_t a, std::size_t b) { return axes[a].stride > axes[b].stride; });
  // The innermost axes that are complete make one run of the source.
  int64_t run = 1;
  std::size_t outer = order.size();
  while (outer > 0 && axes[order[outer - 1]].stride == run) run *= axes[order[--outer]].size;

  std::vector<StridedAxis> packed(axes.begin(), axes.end());  // As they lie in `held`.
  int64_t stride = 1;
  for (std::size_t k = order.size(); k > 0; --k) {
    packed[order[k - 1]].stride = stride;
    stride *= packed[order[k - 1]].size;
  }
  std::vector<std::byte> held(to.size());
  const uint64_t run_bytes = static_cast<uint64_t>(run) * element;
  const uint64_t gap =
      outer == 0 ? 0 : static_cast<uint64_t>(axes[order[outer - 1]].stride) * element;
  WindowReader reader(source_, gap <= worthwhile_gap ? window : 0);
  std::vector<int64_t> index(outer, 0);
  for (std::span<std::byte> rest = held; !rest.empty();
       rest = rest.subspan(static_cast<std::size_t>(run_bytes))) {
    int64_t position = base;
    for (std::size_t k = 0; k < outer; ++k) position += index[k] * axes[order[k]].stride;
    if (Result<void> done = reader.read(static_cast<uint64_t>(position) * element,
                                        rest.first(static_cast<std::size_t>(run_bytes)));
        !done)
      return done;
    for (std::size_t k = outer; k > 0 && ++index[k - 1] == axes[order[k - 1]].size; --k)
      index[k - 1] = 0;
  }
  gather_strided(packed, element, held.data(), to.data());
  return {};
}

Tensor transposed(const Tensor& source, std::span<const int64_t> perm) {
  const std::vector<int64_t>& dims = source.dims();
  std::vector<int64_t> sorted(perm.begin(), perm.end());
  std::ranges::sort(sorted);
  std::vector<int64_t> order(dims.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  ensure(sorted == order, "a permutation names every axis once");
  std::vector<int64_t> axes(perm.begin(), perm.end());
  if (const auto* content = std::get_if<std::shared_ptr<const Recipe>>(&source.content()))
    if (const auto* inner = dynamic_cast<const Transposition*>(content->get());
        inner != nullptr && inner->dims() == dims) {
      for (int64_t& axis : axes) axis = inner->perm()[static_cast<std::size_t>(axis)];
      return transposed(inner->source(), axes);
    }
  auto recipe = std::make_shared<const Transposition>(source, axes);
  std::vector<int64_t> result = recipe->dims();
  // Nothing moves when only axes of size 1 do.
  std::vector<int64_t> moving;
  for (const int64_t axis : axes)
    if (dims[static_cast<std::size_t>(axis)] != 1) moving.push_back(axis);
  if (std::ranges::is_sorted(moving)) return source.reshaped(std::move(result));
  return Tensor(source.dtype(), std::move(result), std::move(recipe));
}

}  // namespace ortopt
