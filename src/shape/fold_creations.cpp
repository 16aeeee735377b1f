#include <algorithm>
#include <cmath>

#include "shape/content.h"
#include "shape/fold_call.h"

namespace ortopt::folding {
namespace {

Results constant(const Call& call) {
  if (auto tensor = call.node.tensor_attribute("value")) return single(tensor);
  const auto of = [](DataType type, std::vector<int64_t> dims, const auto& numbers) {
    const std::vector<double> doubles(numbers.begin(), numbers.end());
    return single(Tensor::of(type, std::move(dims), doubles));
  };
  if (const auto number = call.node.int_attribute("value_int"))
    return single(Tensor::of_int64s({&*number, 1}).reshaped({}));
  if (const auto numbers = call.node.ints_attribute("value_ints"))
    return single(Tensor::of_int64s(*numbers));
  if (const auto number = call.node.float_attribute("value_float"))
    return of(DataType::float32, {}, std::vector<float>{*number});
  if (const auto numbers = call.node.floats_attribute("value_floats"))
    return of(DataType::float32, {static_cast<int64_t>(numbers->size())}, *numbers);
  return std::nullopt;
}

Tensor filled(DataType type, std::vector<int64_t> dims, const std::vector<std::byte>& element,
              std::size_t count) {
  std::vector<std::byte> bytes;
  bytes.reserve(count * element.size());
  for (std::size_t k = 0; k < count; ++k) bytes.insert(bytes.end(), element.begin(), element.end());
  return tensor_of_bytes(type, std::move(dims), std::move(bytes));
}

Results constant_of_shape(const Call& call) {
  auto dims = call.ints(0);
  const auto count = dims ? small_count(*dims) : std::nullopt;
  if (!count) return std::nullopt;
  const Tensor element =
      call.node.tensor_attribute("value").value_or(Tensor::scalar(DataType::float32, 0));
  const auto bytes = bytes_of(element);
  if (!bytes || element.element_count() != 1 || bytes->size() * *count > Tensor::small_bytes)
    return std::nullopt;
  return single(filled(element.dtype(), std::move(*dims), *bytes, *count));
}

template <class T>
T element_of_range(T start, int64_t index, T delta) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<uint64_t>(start) +
                          static_cast<uint64_t>(index) * static_cast<uint64_t>(delta));
  else
    return start + static_cast<T>(index) * delta;
}

template <class T>
std::optional<Tensor> range_of(DataType type, T start, T limit, T delta) {
  if (delta == T(0) || start != start || limit != limit || delta != delta) return std::nullopt;
  const double steps = std::ceil((static_cast<double>(limit) - static_cast<double>(start)) /
                                 static_cast<double>(delta));
  if (!(steps <= static_cast<double>(max_elements))) return std::nullopt;
  const auto count = static_cast<int64_t>(std::max(0.0, steps));
  std::vector<T> numbers;
  for (int64_t k = 0; k < count; ++k) numbers.push_back(element_of_range(start, k, delta));
  return tensor_of_elements(type, {count}, numbers);
}

Results range(const Call& call) {
  for (std::size_t k = 0; k < 3; ++k)
    if (call.input(k) == nullptr || call.input(k)->element_count() != 1 ||
        call.input(k)->dtype() != call.input(0)->dtype())
      return std::nullopt;
  const DataType type = call.input(0)->dtype();
  std::optional<Tensor> result;
  with_element(type, [&]<class T>(std::type_identity<T>) {
    if constexpr (!is_half_float<T>) {
      const auto start = elements<T>(*call.input(0));
      const auto limit = elements<T>(*call.input(1));
      const auto delta = elements<T>(*call.input(2));
      if (start && limit && delta && type != DataType::boolean)
        result = range_of<T>(type, start->front(), limit->front(), delta->front());
    }
  });
  return single(result);
}

Results one_hot(const Call& call) {
  const auto indices = call.ints(0);
  const auto depth = call.ints(1);
  const Tensor* values = call.input(2);
  const auto pair = values == nullptr ? std::nullopt : bytes_of(*values);
  if (!indices || !depth || depth->size() != 1 || depth->front() < 1 || !pair ||
      values->element_count() != 2)
    return std::nullopt;
  std::vector<int64_t> dims = call.input(0)->dims();
  // Only the common form, the new axis last.
  if (call.node.int_attribute("axis", -1) != -1 &&
      call.node.int_attribute("axis", -1) != static_cast<int64_t>(dims.size()))
    return std::nullopt;
  dims.push_back(depth->front());
  const auto count = small_count(dims);
  const std::size_t width = pair->size() / 2;
  if (!count || *count * width > Tensor::small_bytes) return std::nullopt;
  std::vector<std::byte> bytes;
  for (int64_t index : *indices) {
    if (index < 0) index += depth->front();
    for (int64_t k = 0; k < depth->front(); ++k) {
      const auto from = pair->begin() + static_cast<std::ptrdiff_t>(k == index ? width : 0);
      bytes.insert(bytes.end(), from, from + static_cast<std::ptrdiff_t>(width));
    }
  }
  return single(tensor_of_bytes(values->dtype(), std::move(dims), std::move(bytes)));
}

Results triangle(const Call& call) {
  const Tensor* source = call.input(0);
  auto bytes = source == nullptr ? std::nullopt : bytes_of(*source);
  if (!bytes || source->dims().size() < 2) return std::nullopt;
  int64_t diagonal = 0;
  if (call.input(1) != nullptr) {
    const auto given = call.ints(1);
    if (!given || given->size() != 1) return std::nullopt;
    diagonal = given->front();
  }
  const bool is_upper = call.node.int_attribute("upper", 1) != 0;
  const int64_t columns = source->dims().back();
  const int64_t rows = source->dims()[source->dims().size() - 2];
  const std::size_t width = *element_size(source->dtype());
  const int64_t count = source->element_count();
  for (int64_t k = 0; k < count; ++k) {
    const int64_t row = k / columns % rows;
    const int64_t distance = k % columns - row;
    const bool stays = is_upper ? distance >= diagonal : distance <= diagonal;
    if (!stays)
      std::fill_n(
          bytes->begin() + static_cast<std::ptrdiff_t>(k) * static_cast<std::ptrdiff_t>(width),
          width, std::byte{0});
  }
  return single(tensor_of_bytes(source->dtype(), source->dims(), std::move(*bytes)));
}

Results non_zero(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr || !source->is_small() || source->dims().empty()) return std::nullopt;
  const auto numbers = source->numbers();
  if (!numbers) return std::nullopt;
  std::vector<int64_t> found;
  for (std::size_t k = 0; k < numbers->size(); ++k)
    if ((*numbers)[k] != 0) found.push_back(static_cast<int64_t>(k));
  std::vector<int64_t> indices;
  int64_t inner = source->element_count();
  for (const int64_t size : source->dims()) {
    if (inner != 0) inner /= size;
    for (const int64_t position : found) indices.push_back(position / inner % size);
  }
  const auto rank = static_cast<int64_t>(source->dims().size());
  return single(Tensor::of_int64s(indices).reshaped({rank, static_cast<int64_t>(found.size())}));
}

}  // namespace

void add_creations(Kernels& kernels) {
  kernels.insert({{"Constant", constant},
                  {"ConstantOfShape", constant_of_shape},
                  {"Range", range},
                  {"OneHot", one_hot},
                  {"Trilu", triangle},
                  {"NonZero", non_zero}});
}

}  // namespace ortopt::folding
