#include "compare/tensor_numbers.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <type_traits>
#include <utility>

#include "ir/element.h"

namespace ortopt {

TensorNumbers::TensorNumbers(const Tensor& tensor)
    : type_(tensor.dtype()), count_(tensor.element_count()) {
  if (Result<Tensor::Bytes> bytes = tensor.bytes()) bytes_ = *std::move(bytes);
}

bool TensorNumbers::read(int64_t start, std::vector<double>& into) const {
  return bytes_ != nullptr && with_element(type_, [&]<class T>(std::type_identity<T>) {
           const std::byte* from = bytes_->data() + static_cast<std::size_t>(start) * sizeof(T);
           for (std::size_t i = 0; i < into.size(); ++i)
             into[i] = convert_element<double>(load_element<T>(from + i * sizeof(T)));
         });
}

bool TensorNumbers::has_same_bits(const TensorNumbers& other, int64_t element) const {
  const std::size_t size = bits_of(type_) / 8;
  const std::size_t offset = static_cast<std::size_t>(element) * size;
  return std::memcmp(bytes_->data() + offset, other.bytes_->data() + offset, size) == 0;
}

bool same_content(const Tensor& a, const Tensor& b) {
  if (a.dtype() == DataType::string)
    return *std::get<Tensor::Strings>(a.content()) == *std::get<Tensor::Strings>(b.content());
  const Result<Tensor::Bytes> one = a.bytes();
  const Result<Tensor::Bytes> two = b.bytes();
  return one && two && **one == **two;
}

double root_mean_square(const TensorNumbers& numbers,
                        const std::function<bool(int64_t element)>& excluded) {
  std::vector<double> elements(static_cast<std::size_t>(numbers.count()));
  if (!numbers.read(0, elements)) return 0;
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!std::isfinite(elements[i]) || (excluded && excluded(static_cast<int64_t>(i)))) continue;
    sum += elements[i] * elements[i];
    ++count;
  }
  return count == 0 ? 0 : std::sqrt(sum / count);
}

std::vector<int64_t> index_of(int64_t element, const std::vector<int64_t>& dims) {
  std::vector<int64_t> index(dims.size());
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    index[axis] = element % dims[axis];
    element /= dims[axis];
  }
  return index;
}

std::vector<std::size_t> places_of_largest(const std::vector<double>& numbers, std::size_t count) {
  std::vector<std::size_t> places(numbers.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::partial_sort(places, places.begin() + static_cast<std::ptrdiff_t>(count),
                            [&](std::size_t a, std::size_t b) {
                              return numbers[a] > numbers[b] || (numbers[a] == numbers[b] && a < b);
                            });
  places.resize(count);
  return places;
}

}  // namespace ortopt
