#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "ir/recipes.h"
#include "ortopt/ir/axis.h"

namespace ortopt {
namespace {

uint64_t product_of(std::span<const int64_t> dims) {
  return static_cast<uint64_t>(
      std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>()));
}

std::size_t checked_axis(const Tensor& tensor, int64_t axis) {
  const auto found = axis_from_front(axis, tensor.dims().size());
  ensure(found.has_value(), "an axis lies within the rank");
  return *found;
}

/// Parts side by side along one axis: every row of the result is a row of each part in turn.
class Concatenation final : public Recipe {
 public:
  Concatenation(std::vector<Tensor> parts, std::size_t axis)
      : parts_(std::move(parts)), axis_(axis) {
    for (const Tensor& part : parts_) {
      const std::span<const int64_t> dims(part.dims());
      widths_.push_back(product_of(dims.subspan(axis_)) * element_size(dtype()));
      row_ += widths_.back();
    }
  }

  [[nodiscard]] DataType dtype() const override { return parts_.front().dtype(); }

  [[nodiscard]] std::vector<int64_t> dims() const override {
    std::vector<int64_t> out = parts_.front().dims();
    out[axis_] = 0;
    for (const Tensor& part : parts_) out[axis_] += part.dims()[axis_];
    return out;
  }

  [[nodiscard]] uint64_t block_size() const override {
    uint64_t largest = 0;
    for (const Tensor& part : parts_) largest = std::max(largest, block_size_of(part));
    return largest;
  }

  [[nodiscard]] std::string key() const override {
    std::string key = "concatenate " + std::to_string(axis_);
    for (const Tensor& part : parts_) key += " (" + content_key(part) + ")";
    return key;
  }

  [[nodiscard]] Result<void> read(uint64_t offset, std::span<std::byte> to) const override {
    while (!to.empty()) {
      const uint64_t row = offset / row_;
      const uint64_t column = offset % row_;
      const bool whole = column == 0 && to.size() >= row_;
      const uint64_t size =
          whole ? to.size() / row_ * row_ : std::min<uint64_t>(to.size(), row_ - column);
      const std::span<std::byte> now = to.first(static_cast<std::size_t>(size));
      Result<void> done = whole ? read_rows(row, now) : read_row(row, column, now);
      if (!done) return done;
      offset += size;
      to = to.subspan(static_cast<std::size_t>(size));
    }
    return {};
  }

 private:
  /// Some of one row.
  [[nodiscard]] Result<void> read_row(uint64_t row, uint64_t column,
                                      std::span<std::byte> to) const {
    uint64_t start = 0;
    for (std::size_t k = 0; k < parts_.size() && !to.empty(); start += widths_[k++]) {
      if (column >= start + widths_[k]) continue;
      const uint64_t skipped = column - start;
      const uint64_t size = std::min<uint64_t>(to.size(), widths_[k] - skipped);
      if (Result<void> done = read_content(parts_[k], row * widths_[k] + skipped,
                                           to.first(static_cast<std::size_t>(size)));
          !done)
        return done;
      column += size;
      to = to.subspan(static_cast<std::size_t>(size));
    }
    return {};
  }

  /// Whole rows: those of one part at a time, so that each is read in one go.
  [[nodiscard]] Result<void> read_rows(uint64_t row, std::span<std::byte> to) const {
    const uint64_t count = to.size() / row_;
    if (count == 1) return read_row(row, 0, to);
    uint64_t start = 0;
    std::vector<std::byte> held;
    for (std::size_t k = 0; k < parts_.size(); start += widths_[k++]) {
      const auto width = static_cast<std::size_t>(widths_[k]);
      held.resize(static_cast<std::size_t>(count) * width);
      if (Result<void> done = read_content(parts_[k], row * width, held); !done) return done;
      for (std::size_t r = 0; r < count && width > 0; ++r)
        std::memcpy(to.data() + r * row_ + start, held.data() + r * width, width);
    }
    return {};
  }

  std::vector<Tensor> parts_;
  std::size_t axis_;
  std::vector<uint64_t> widths_;  ///< Bytes of a row of each part.
  uint64_t row_ = 0;
};

/// Chosen indices of one axis.
class Selection final : public Recipe {
 public:
  Selection(Tensor source, std::size_t axis, std::vector<int64_t> indices)
      : source_(std::move(source)), axis_(axis), indices_(std::move(indices)) {
    inner_ = product_of(std::span(source_.dims()).subspan(axis_ + 1)) * element_size(dtype());
  }

  [[nodiscard]] DataType dtype() const override { return source_.dtype(); }

  [[nodiscard]] std::vector<int64_t> dims() const override {
    std::vector<int64_t> out = source_.dims();
    out[axis_] = static_cast<int64_t>(indices_.size());
    return out;
  }

  [[nodiscard]] uint64_t block_size() const override { return block_size_of(source_); }

  [[nodiscard]] std::string key() const override {
    std::string key = "take " + std::to_string(axis_) + " ";
    for (const int64_t index : indices_) key += std::to_string(index) + ",";
    return key + " " + content_key(source_);
  }

  [[nodiscard]] Result<void> read(uint64_t offset, std::span<std::byte> to) const override {
    const auto source_axis = static_cast<uint64_t>(source_.dims()[axis_]);
    WindowReader reader(source_, inner_ < 4096 ? 64 * 1024 : 0);
    while (!to.empty()) {
      const uint64_t slice = offset / inner_;
      const uint64_t within = offset % inner_;
      const uint64_t outer = slice / indices_.size();
      const auto index = static_cast<std::size_t>(slice % indices_.size());
      const uint64_t run = run_from(index) * inner_ - within;
      const uint64_t size = std::min<uint64_t>(to.size(), run);
      const uint64_t position =
          (outer * source_axis + static_cast<uint64_t>(indices_[index])) * inner_ + within;
      if (Result<void> done = reader.read(position, to.first(static_cast<std::size_t>(size)));
          !done)
        return done;
      offset += size;
      to = to.subspan(static_cast<std::size_t>(size));
    }
    return {};
  }

 private:
  /// How many indices from `first` on follow each other in the source.
  [[nodiscard]] uint64_t run_from(std::size_t first) const {
    std::size_t end = first + 1;
    while (end < indices_.size() && indices_[end] == indices_[end - 1] + 1) ++end;
    return end - first;
  }

  Tensor source_;
  std::size_t axis_;
  std::vector<int64_t> indices_;
  uint64_t inner_ = 0;
};

bool is_run(std::span<const int64_t> indices) {
  return std::ranges::adjacent_find(indices, [](int64_t a, int64_t b) { return b != a + 1; }) ==
         indices.end();
}

/// A run of the outermost axis is a part of the same file.
std::optional<Tensor> part_of_extent(const Tensor& source, std::size_t axis,
                                     std::span<const int64_t> indices) {
  const auto* extent = std::get_if<FileExtent>(&source.content());
  const std::span<const int64_t> dims(source.dims());
  if (extent == nullptr || indices.empty() || !is_run(indices) || product_of(dims.first(axis)) != 1)
    return std::nullopt;
  const uint64_t inner = product_of(dims.subspan(axis + 1)) * element_size(source.dtype());
  std::vector<int64_t> result = source.dims();
  result[axis] = static_cast<int64_t>(indices.size());
  return Tensor(
      source.dtype(), std::move(result),
      FileExtent{extent->file, extent->offset + static_cast<uint64_t>(indices.front()) * inner,
                 indices.size() * inner});
}

}  // namespace

Tensor concatenated(std::span<const Tensor> parts, int64_t axis) {
  ensure(!parts.empty(), "something is concatenated");
  const std::size_t along = checked_axis(parts.front(), axis);
  std::vector<int64_t> expected = parts.front().dims();
  for (const Tensor& part : parts) {
    std::vector<int64_t> dims = part.dims();
    ensure(part.dtype() == parts.front().dtype() && dims.size() == expected.size(),
           "concatenated tensors have one type and rank");
    dims[along] = expected[along];
    ensure(dims == expected, "concatenated tensors differ along their axis only");
  }
  if (parts.size() == 1) return parts.front();
  auto recipe =
      std::make_shared<const Concatenation>(std::vector<Tensor>(parts.begin(), parts.end()), along);
  std::vector<int64_t> dims = recipe->dims();
  return Tensor(parts.front().dtype(), std::move(dims), std::move(recipe));
}

Tensor taken(const Tensor& source, int64_t axis, std::span<const int64_t> indices) {
  const std::size_t along = checked_axis(source, axis);
  const int64_t size = source.dims()[along];
  ensure(std::ranges::all_of(indices, [&](int64_t i) { return i >= 0 && i < size; }),
         "taken indices exist");
  if (static_cast<int64_t>(indices.size()) == size && is_run(indices)) return source;
  if (std::optional<Tensor> part = part_of_extent(source, along, indices)) return *part;
  // Taking first and transposing then reads less, and reads it in order.
  if (const auto* content = std::get_if<std::shared_ptr<const Recipe>>(&source.content()))
    if (const auto* inner = dynamic_cast<const Transposition*>(content->get());
        inner != nullptr && inner->dims() == source.dims())
      return transposed(taken(inner->source(), inner->perm()[along], indices), inner->perm());
  auto recipe = std::make_shared<const Selection>(
      source, along, std::vector<int64_t>(indices.begin(), indices.end()));
  std::vector<int64_t> dims = recipe->dims();
  return Tensor(source.dtype(), std::move(dims), std::move(recipe));
}

}  // namespace ortopt
