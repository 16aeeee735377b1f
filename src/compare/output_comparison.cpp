#include "compare/output_comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/element.h"

namespace ortopt {
namespace {

/// All elements as doubles, whatever the size; nothing for types that are no numbers.
std::vector<double> elements_of(const Tensor& tensor) {
  std::vector<double> out;
  const Result<Tensor::Bytes> bytes = tensor.bytes();
  if (!bytes) return out;
  with_element(tensor.dtype(), [&]<class T>(std::type_identity<T>) {
    out.resize(static_cast<std::size_t>(tensor.element_count()));
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = convert_element<double>(load_element<T>((*bytes)->data() + i * sizeof(T)));
  });
  return out;
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  if (a.dtype() == DataType::string)
    return *std::get<Tensor::Strings>(a.content()) == *std::get<Tensor::Strings>(b.content());
  const Result<Tensor::Bytes> one = a.bytes();
  const Result<Tensor::Bytes> two = b.bytes();
  return one && two && **one == **two;
}

std::string number_text(double number) {
  return std::isnan(number) ? "nan" : fmt::format("{:.7g}", number);
}

void note_unequal(OutputDifference& difference, const std::string& remark) {
  difference.equal = false;
  if (difference.remark.empty()) difference.remark = remark;
}

}  // namespace

double tolerance_for(DataType output, DataType coarsest, double tolerance) {
  if (!is_floating(output)) return 0;
  // About the ratio of the roundings, and a reserve less because sums are kept in float32.
  constexpr double for_float16 = 50;
  constexpr double for_bfloat16 = 400;
  if (output == DataType::bfloat16 || coarsest == DataType::bfloat16)
    return tolerance * for_bfloat16;
  if (output == DataType::float16 || coarsest == DataType::float16) return tolerance * for_float16;
  return tolerance;
}

UndefinedElements::UndefinedElements(const InputCase& inputs, const std::vector<int64_t>& dims)
    : inputs_(inputs) {
  if (inputs.padding != Padding::left) return;
  const InputSizes& sizes = inputs.sizes;
  int64_t stride = 1;
  std::vector<Axis> axes;
  for (auto dim = dims.rbegin(); dim != dims.rend(); ++dim) {
    axes.insert(axes.begin(), {stride, *dim, 0});
    stride *= *dim;
  }
  if (!axes.empty() && axes[0].size == sizes.batch * sizes.sequence && sizes.batch > 1) {
    // [batch · sequence, …]
    const int64_t inner = axes[0].stride;
    axes[0] = {inner, sizes.sequence, 0};
    axes.insert(axes.begin(), {inner * sizes.sequence, sizes.batch, 0});
  }
  for (Axis& axis : axes) {
    if (!batch_ && axis.size == sizes.batch) {
      batch_ = axis;
    } else if (axis.size == sizes.total || axis.size == sizes.sequence) {
      axis.first = sizes.total - axis.size;
      places_.push_back(axis);
    }
  }
}

bool UndefinedElements::contains(int64_t element) const {
  if (!batch_) return false;
  const int64_t row = element / batch_->stride % batch_->size;
  const int64_t padded = padded_places(inputs_, row, inputs_.sizes.total);
  return std::ranges::any_of(places_, [&](const Axis& axis) {
    return axis.first + element / axis.stride % axis.size < padded;
  });
}

NanCount count_nans(const Tensor& tensor, const InputCase& inputs) {
  NanCount count;
  const UndefinedElements undefined(inputs, tensor.dims());
  const std::vector<double> elements = elements_of(tensor);
  if (elements.empty()) count.all = false;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (undefined.contains(static_cast<int64_t>(i))) continue;
    const bool is_nan = std::isnan(elements[i]);
    count.any |= is_nan;
    count.all &= is_nan;
  }
  return count;
}

void compare_output(const Tensor& expected, const Tensor& found, const InputCase& inputs,
                    double tolerance, OutputDifference& difference) {
  if (expected.dtype() != found.dtype())
    return note_unequal(difference, fmt::format("types differ: {} and {}",
                                                name_of(expected.dtype()), name_of(found.dtype())));
  if (expected.dims() != found.dims())
    return note_unequal(
        difference, fmt::format("shapes differ: [{}] and [{}]", fmt::join(expected.dims(), ", "),
                                fmt::join(found.dims(), ", ")));
  const std::vector<double> a = elements_of(expected);
  const std::vector<double> b = elements_of(found);
  if (a.empty() && expected.element_count() > 0) {
    if (!same_bytes(expected, found)) note_unequal(difference, "contents differ");
    return;
  }
  const UndefinedElements undefined(inputs, expected.dims());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || undefined.contains(static_cast<int64_t>(i))) continue;
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (std::isnan(a[i]) || std::isnan(b[i])) {
      note_unequal(difference, fmt::format("element {} was {} and is {}", i, number_text(a[i]),
                                           number_text(b[i])));
      continue;
    }
    const double absolute =
        std::isfinite(a[i]) ? std::abs(a[i] - b[i]) : std::numeric_limits<double>::infinity();
    const double relative =
        std::isfinite(absolute) ? absolute / std::max(1.0, std::abs(a[i])) : absolute;
    difference.max_absolute = std::max(difference.max_absolute, absolute);
    difference.max_relative = std::max(difference.max_relative, relative);
    if (relative > tolerance)
      note_unequal(difference, fmt::format("element {} was {} and is {}", i, number_text(a[i]),
                                           number_text(b[i])));
  }
}

}  // namespace ortopt
