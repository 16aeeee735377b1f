#include "ortopt/compare/difference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "compare/tensor_numbers.h"
#include "compare/ulp.h"

namespace ortopt {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string number_text(double number) {
  return std::isnan(number) ? "nan" : fmt::format("{:.7g}", number);
}

}  // namespace

std::string ElementPlace::text() const {
  return fmt::format("[{}] was {} and is {}", fmt::join(index, ", "), number_text(expected),
                     number_text(found));
}

struct DifferenceMeter::Sample {
  const std::string& name;
  const Tensor& expected;
  const Tensor& found;
  const Excluded& excluded;
  TensorNumbers expected_numbers;
  TensorNumbers found_numbers;

  [[nodiscard]] bool is_exact() const {
    return expected.dtype() == found.dtype() && bits_of(expected.dtype()) == 64 &&
           is_integer(expected.dtype());
  }
  [[nodiscard]] ElementPlace place(int64_t element, double a, double b) const {
    return {name, index_of(element, expected.dims()), a, b};
  }
};

DifferenceMeter::DifferenceMeter(std::string name, Tolerance tolerance) {
  difference_.name = std::move(name);
  difference_.tolerance = tolerance;
}

void DifferenceMeter::object(const std::string& remark) {
  difference_.equal = false;
  if (difference_.remark.empty()) difference_.remark = remark;
}

bool DifferenceMeter::add(const std::string& sample, const Tensor& expected, const Tensor& found,
                          const Excluded& excluded) {
  if (expected.dtype() == found.dtype()) return add_across_types(sample, expected, found, excluded);
  difference_.type = expected.dtype();
  object(fmt::format("types differ: {} and {}", name_of(expected.dtype()), name_of(found.dtype())));
  return false;
}

bool DifferenceMeter::add_across_types(const std::string& sample, const Tensor& expected,
                                       const Tensor& found, const Excluded& excluded) {
  difference_.type = expected.dtype();
  if (expected.dims() != found.dims()) {
    object(fmt::format("shapes differ: [{}] and [{}]", fmt::join(expected.dims(), ", "),
                       fmt::join(found.dims(), ", ")));
    return false;
  }
  if (expected.element_count() == 0) return true;
  const bool was_equal = std::exchange(difference_.equal, true);
  add_numbers({sample, expected, found, excluded, TensorNumbers(expected), TensorNumbers(found)});
  const bool is_equal = difference_.equal;
  if (was_equal && !is_equal && !sample.empty()) difference_.remark += " with " + sample;
  difference_.equal = was_equal && is_equal;
  return is_equal;
}

void DifferenceMeter::add_numbers(const Sample& sample) {
  const std::vector<int64_t>& dims = sample.expected.dims();
  const int64_t width = dims.empty() ? 1 : dims.back();
  const int64_t count = sample.expected.element_count();
  std::vector<double> expected(static_cast<std::size_t>(width));
  std::vector<double> found(expected.size());
  std::vector<double> rows;
  root_mean_square_ = difference_.tolerance.spread > 0
                          ? root_mean_square(sample.expected_numbers, sample.excluded)
                          : 0;
  sample_difference_ = 0;
  sample_expectation_ = 0;
  const bool has_rows = dims.size() >= 2 && width >= 2 && is_floating(sample.expected.dtype());
  for (int64_t start = 0; start < count; start += width) {
    if (!sample.expected_numbers.read(start, expected) ||
        !sample.found_numbers.read(start, found)) {
      if (!same_content(sample.expected, sample.found)) object("contents differ");
      return;
    }
    add_row(sample, start, expected, found);
    if (dims.size() >= 2) rows.push_back(row_max_);
    if (has_rows && !(sample.excluded && sample.excluded(start))) add_agreement(expected, found);
  }
  add_to_map(sample, std::move(rows));
  judge_norm(sample);
}

void DifferenceMeter::judge_norm(const Sample& sample) {
  const double allowed = difference_.tolerance.norm;
  // Below this everything is rounding of larger numbers further up.
  const double nothing = difference_.tolerance.absolute / 50;
  const auto count = static_cast<double>(sample.expected.element_count());
  if (allowed == 0 || !difference_.equal) return;
  const double norm = std::sqrt(sample_difference_);
  if (norm <= std::max(allowed * std::sqrt(sample_expectation_), nothing * std::sqrt(count)))
    return;
  object(fmt::format("differs by {:.2g} of its norm, {:.2g} is allowed",
                     norm / std::sqrt(sample_expectation_), allowed));
}

void DifferenceMeter::add_row(const Sample& sample, int64_t start,
                              const std::vector<double>& expected,
                              const std::vector<double>& found) {
  row_max_ = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const int64_t element = start + static_cast<int64_t>(i);
    if (sample.excluded && sample.excluded(element)) continue;
    double b = found[i];
    if (expected[i] == b && sample.is_exact() &&
        !sample.expected_numbers.has_same_bits(sample.found_numbers, element))
      b = std::nextafter(b, infinity);
    add_element(sample, element, expected[i], b);
  }
}

void DifferenceMeter::count_non_finite(double expected, double found) {
  difference_.expected_non_finite.nan += std::isnan(expected) ? 1 : 0;
  difference_.found_non_finite.nan += std::isnan(found) ? 1 : 0;
  difference_.expected_non_finite.infinite += std::isinf(expected) ? 1 : 0;
  difference_.found_non_finite.infinite += std::isinf(found) ? 1 : 0;
}

void DifferenceMeter::add_element(const Sample& sample, int64_t element, double expected,
                                  double found) {
  ++difference_.elements;
  count_non_finite(expected, found);
  if (std::isfinite(expected) && std::isfinite(found)) add_to_sums(expected, found);
  if (expected == found || (std::isnan(expected) && std::isnan(found)))
    ++difference_.decades[0];
  else
    add_unequal(sample, element, expected, found);
}

void DifferenceMeter::add_to_sums(double expected, double found) {
  sample_expectation_ += expected * expected;
  dot_ += expected * found;
  expected_square_ += expected * expected;
  found_square_ += found * found;
  if (expected == found) return;
  const double absolute = std::abs(expected - found);
  const double ulp = ulp_distance(difference_.type, expected, found);
  difference_.max_ulp = std::max(difference_.max_ulp, ulp);
  sum_ulp_ += ulp;
  sum_absolute_ += absolute;
  sample_difference_ += absolute * absolute;
  difference_square_ += absolute * absolute;
}

void DifferenceMeter::add_unequal(const Sample& sample, int64_t element, double expected,
                                  double found) {
  Difference& all = difference_;
  const bool is_finite = std::isfinite(expected) && std::isfinite(found);
  const double absolute = is_finite ? std::abs(expected - found) : infinity;
  const double relative = is_finite ? absolute / std::max(1.0, std::abs(expected)) : infinity;
  if (!all.worst || absolute > all.max_absolute) all.worst = sample.place(element, expected, found);
  all.max_absolute = std::max(all.max_absolute, absolute);
  all.max_relative = std::max(all.max_relative, relative);
  row_max_ = std::max(row_max_, absolute);
  if (!is_finite) {
    all.max_ulp = infinity;
    difference_square_ = infinity;
    if (!all.first_non_finite) all.first_non_finite = sample.place(element, expected, found);
  }
  const double decade = std::clamp(std::ceil(std::log10(absolute)) + 13, 1.0, 17.0);
  ++all.decades[static_cast<std::size_t>(decade)];
  if (absolute <= all.tolerance.allowed(expected, root_mean_square_)) return;
  ++all.exceeding;
  if (!all.first) all.first = sample.place(element, expected, found);
  object("element " + all.first->text());
}

void DifferenceMeter::add_agreement(const std::vector<double>& expected,
                                    const std::vector<double>& found) {
  const std::size_t count = std::min<std::size_t>(5, expected.size());
  const std::vector<std::size_t> one = places_of_largest(expected, count);
  const std::vector<std::size_t> two = places_of_largest(found, count);
  ++rows_;
  // A tie is broken by rounding alone.
  const bool agrees = expected[one[0]] == expected[two[0]] || one[0] == two[0];
  top1_ += agrees ? 1 : 0;
  if (expected.size() <= 5) {
    top5_ += agrees ? 1 : 0;
    return;
  }
  const auto common = std::ranges::count_if(
      two, [&](std::size_t place) { return std::ranges::find(one, place) != one.end(); });
  top5_ += static_cast<double>(common) / 5;
}

void DifferenceMeter::add_to_map(const Sample& sample, std::vector<double> rows) {
  DifferenceMap& map = difference_.map;
  const auto largest_of = [](const std::vector<double>& of) {
    return of.empty() ? -1 : *std::ranges::max_element(of);
  };
  if (rows.empty() || largest_of(rows) <= largest_of(map.rows)) return;
  const auto most = static_cast<std::size_t>(DifferenceMap::most_rows);
  const std::size_t fold = (rows.size() + most - 1) / most;
  std::vector<double> folded((rows.size() + fold - 1) / fold, 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i)
    folded[i / fold] = std::max(folded[i / fold], rows[i]);
  map = {sample.name, sample.expected.dims(), std::move(folded)};
}

Difference DifferenceMeter::result() const {
  Difference all = difference_;
  if (all.elements > 0) {
    const auto count = static_cast<double>(all.elements);
    all.mean_absolute = std::isfinite(all.max_absolute) ? sum_absolute_ / count : infinity;
    all.mean_ulp = std::isfinite(all.max_ulp) ? sum_ulp_ / count : infinity;
  }
  const double norms = std::sqrt(expected_square_) * std::sqrt(found_square_);
  if (norms > 0)
    all.cosine = std::min(1.0, dot_ / norms);
  else
    all.cosine = expected_square_ == found_square_ ? 1 : 0;
  if (difference_square_ > 0)
    all.relative_norm =
        expected_square_ > 0 ? std::sqrt(difference_square_ / expected_square_) : infinity;
  if (rows_ > 0)
    all.agreement =
        Agreement{rows_, top1_ / static_cast<double>(rows_), top5_ / static_cast<double>(rows_)};
  return all;
}

}  // namespace ortopt
