#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/compare/tolerance.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// One element of one sample, and what the two models have there.
struct ElementPlace {
  std::string sample;
  std::vector<int64_t> index;
  double expected = 0;
  double found = 0;

  /// "[0, 3, 17] was 0.25 and is 0.31".
  [[nodiscard]] std::string text() const;
};

/// Numbers that are none.
struct NonFiniteCounts {
  int64_t nan = 0;
  int64_t infinite = 0;
};

/// How often the two models would choose alike along the last axis.
struct Agreement {
  int64_t rows = 0;
  double top1 = 1;  ///< Share of rows whose largest element is in the same place.
  double top5 = 1;  ///< Mean share of the five largest that both have; as top1 in short rows.
};

/// The largest difference in each row along the last axis, of the sample that differs most. Long
/// lists of rows are folded to at most `most_rows`, each the largest of its neighbours.
struct DifferenceMap {
  static constexpr int64_t most_rows = 4096;
  std::string sample;
  std::vector<int64_t> dims;  ///< Of the output.
  std::vector<double> rows;
};

/// How one output of two models differs, over all samples.
struct Difference {
  std::string name;
  DataType type = DataType::undefined;  ///< The baseline's.
  Tolerance tolerance;
  bool equal = true;   ///< Within tolerance; NaN is equal to NaN only, in the same places.
  std::string remark;  ///< What differs first: "shapes differ: [2, 7, 32] and [2, 7, 16]".

  int64_t elements = 0;   ///< Compared ones.
  int64_t exceeding = 0;  ///< Beyond the tolerance, or finite in one model only.
  double max_absolute = 0;
  double mean_absolute = 0;
  double max_relative = 0;  ///< max |a − b| / max(1, |a|).
  double max_ulp = 0;       ///< In units of the last place of the type; floats only.
  double mean_ulp = 0;
  double cosine = 1;                  ///< Of all elements as one vector.
  double relative_norm = 0;           ///< ‖a − b‖ / ‖a‖.
  std::optional<ElementPlace> worst;  ///< The largest absolute difference; none when all are equal.
  std::optional<ElementPlace> first;  ///< The first beyond the tolerance.
  std::optional<Agreement> agreement;  ///< For floats of rank 2 and more.

  NonFiniteCounts expected_non_finite;
  NonFiniteCounts found_non_finite;
  std::optional<ElementPlace> first_non_finite;  ///< Where only one of the two is finite.

  /// Number of elements by size of difference: none at all, then up to 1e-12, 1e-11, … and beyond.
  std::array<int64_t, 18> decades{};
  DifferenceMap map;
};

/// Measures the difference of one output, sample after sample.
class DifferenceMeter {
 public:
  /// Which elements say nothing; empty: all count.
  using Excluded = std::function<bool(int64_t element)>;

  DifferenceMeter(std::string name, Tolerance tolerance);

  /// Types and shapes must agree, or the sample is unequal as a whole. Whether it is equal.
  bool add(const std::string& sample, const Tensor& expected, const Tensor& found,
           const Excluded& excluded = {});
  /// The same for floats of different types, which are compared as numbers.
  bool add_across_types(const std::string& sample, const Tensor& expected, const Tensor& found,
                        const Excluded& excluded = {});
  /// Something else that makes the output unequal.
  void object(const std::string& remark);

  /// The measures so far.
  [[nodiscard]] Difference result() const;

 private:
  struct Sample;
  void add_numbers(const Sample& sample);
  void judge_norm(const Sample& sample);
  void add_row(const Sample& sample, int64_t start, const std::vector<double>& expected,
               const std::vector<double>& found);
  void add_element(const Sample& sample, int64_t element, double expected, double found);
  void count_non_finite(double expected, double found);
  void add_to_sums(double expected, double found);
  void add_unequal(const Sample& sample, int64_t element, double expected, double found);
  void add_agreement(const std::vector<double>& expected, const std::vector<double>& found);
  void add_to_map(const Sample& sample, std::vector<double> rows);

  Difference difference_;
  double sum_absolute_ = 0;
  double sum_ulp_ = 0;
  double dot_ = 0;
  double expected_square_ = 0;
  double found_square_ = 0;
  double difference_square_ = 0;
  double row_max_ = 0;
  double root_mean_square_ = 0;   // Of the sample's expectation.
  double sample_difference_ = 0;  // Sums of squares of the sample.
  double sample_expectation_ = 0;
  double top1_ = 0;
  double top5_ = 0;
  int64_t rows_ = 0;
};

}  // namespace ortopt
