#include <algorithm>

#include "shape/content.h"
#include "shape/fold_call.h"

namespace ortopt::folding {
namespace {

/// Elements of `source` at `positions`, under `dims`.
Results picked(const Tensor& source, std::vector<int64_t> dims,
               const std::vector<std::size_t>& positions) {
  const auto bytes = bytes_of(source);
  if (!bytes) return std::nullopt;
  const std::size_t width = *element_size(source.dtype());
  std::vector<std::byte> result(positions.size() * width);
  for (std::size_t k = 0; k < positions.size(); ++k)
    std::memcpy(result.data() + k * width, bytes->data() + positions[k] * width, width);
  return single(tensor_of_bytes(source.dtype(), std::move(dims), std::move(result)));
}

bool fits(const Tensor& source, std::size_t count) {
  const auto width = element_size(source.dtype());
  return width && count * *width <= Tensor::small_bytes;
}

Results expand(const Call& call) {
  const auto target = call.ints(1);
  if (call.input(0) == nullptr || !target) return std::nullopt;
  const std::vector<int64_t> parts[] = {call.input(0)->dims(), *target};
  const auto dims = broadcast_dims(parts);
  if (!dims) return std::nullopt;
  if (*dims == call.input(0)->dims()) return single(*call.input(0));
  if (!fits(*call.input(0), *small_count(*dims))) return std::nullopt;
  const auto positions = shape::broadcast_positions(call.input(0)->dims(), *dims);
  return positions ? picked(*call.input(0), *dims, *positions) : std::nullopt;
}

Results tile(const Call& call) {
  const auto repeats = call.ints(1);
  const Tensor* source = call.input(0);
  if (source == nullptr || !repeats || repeats->size() != source->dims().size())
    return std::nullopt;
  if (std::ranges::all_of(*repeats, [](int64_t times) { return times == 1; }))
    return single(*source);
  std::vector<int64_t> dims = source->dims();
  for (std::size_t k = 0; k < dims.size(); ++k)
    if ((*repeats)[k] < 0 || __builtin_mul_overflow(dims[k], (*repeats)[k], &dims[k]))
      return std::nullopt;
  const auto count = small_count(dims);
  if (!count || !fits(*source, *count)) return std::nullopt;
  std::vector<std::size_t> positions = {0};
  std::size_t stride = 1;
  for (std::size_t k = dims.size(); k-- > 0;) {
    std::vector<std::size_t> wider;
    for (int64_t index = 0; index < dims[k]; ++index)
      for (const std::size_t position : positions)
        wider.push_back(position + static_cast<std::size_t>(index % source->dims()[k]) * stride);
    positions = std::move(wider);
    stride *= static_cast<std::size_t>(source->dims()[k]);
  }
  return picked(*source, std::move(dims), positions);
}

/// What index tuples along the last dimension name: where each one's run of elements starts.
struct Targets {
  std::vector<std::size_t> starts;
  std::size_t run = 1;
  std::vector<int64_t> run_dims;
};

std::optional<Targets> targets(const Call& call) {
  const Tensor* data = call.input(0);
  const Tensor* table = call.input(1);
  const auto indices = call.ints(1);
  if (data == nullptr || !indices || table->dims().empty() || !small_count(data->dims()))
    return std::nullopt;
  const int64_t depth = table->dims().back();
  if (depth < 1 || depth > static_cast<int64_t>(data->dims().size())) return std::nullopt;
  Targets result;
  result.run_dims.assign(data->dims().begin() + depth, data->dims().end());
  for (const int64_t size : result.run_dims) result.run *= static_cast<std::size_t>(size);
  for (std::size_t k = 0; k < indices->size(); k += static_cast<std::size_t>(depth)) {
    int64_t start = 0;
    for (int64_t level = 0; level < depth; ++level) {
      const int64_t size = data->dims()[static_cast<std::size_t>(level)];
      int64_t index = (*indices)[k + static_cast<std::size_t>(level)];
      if (index < -size || index >= size) return std::nullopt;
      if (index < 0) index += size;
      start = start * size + index;
    }
    result.starts.push_back(static_cast<std::size_t>(start) * result.run);
  }
  return result;
}

Results gather_nd(const Call& call) {
  if (call.node.int_attribute("batch_dims", 0) != 0) return std::nullopt;
  const auto named = targets(call);
  if (!named || !fits(*call.input(0), named->starts.size() * named->run)) return std::nullopt;
  std::vector<int64_t> dims(call.input(1)->dims().begin(), call.input(1)->dims().end() - 1);
  dims.insert(dims.end(), named->run_dims.begin(), named->run_dims.end());
  std::vector<std::size_t> positions;
  for (const std::size_t start : named->starts)
    for (std::size_t k = 0; k < named->run; ++k) positions.push_back(start + k);
  return picked(*call.input(0), std::move(dims), positions);
}

Results scatter_nd(const Call& call) {
  const Tensor* updates = call.input(2);
  const auto reduction = call.node.string_attribute("reduction");
  if (updates == nullptr || (reduction && *reduction != "none")) return std::nullopt;
  const auto named = targets(call);
  auto bytes = named ? bytes_of(*call.input(0)) : std::nullopt;
  const auto values = named ? bytes_of(*updates) : std::nullopt;
  if (!bytes || !values || updates->dtype() != call.input(0)->dtype()) return std::nullopt;
  const std::size_t width = *element_size(updates->dtype()) * named->run;
  if (values->size() != named->starts.size() * width) return std::nullopt;
  for (std::size_t k = 0; k < named->starts.size(); ++k)
    std::memcpy(bytes->data() + named->starts[k] * (width / std::max<std::size_t>(named->run, 1)),
                values->data() + k * width, width);
  return single(tensor_of_bytes(updates->dtype(), call.input(0)->dims(), std::move(*bytes)));
}

}  // namespace

void add_scatters(Kernels& kernels) {
  kernels.insert(
      {{"Expand", expand}, {"Tile", tile}, {"GatherND", gather_nd}, {"ScatterND", scatter_nd}});
}

}  // namespace ortopt::folding
