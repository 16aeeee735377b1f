#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ortopt::test_support {

/// A constant of tests, as numbers that floats of 16 bits hold exactly.
struct Numbers {
  std::vector<int64_t> dims;
  std::vector<double> values;

  /// Numbers between -1 and 1 that differ with `seed`.
  [[nodiscard]] static Numbers of(std::vector<int64_t> dims, int seed);
  [[nodiscard]] Numbers reshaped(std::vector<int64_t> to) const;
  [[nodiscard]] Numbers times(double factor) const;
  /// A matrix turned.
  [[nodiscard]] Numbers turned() const;
  /// Columns of a matrix, or entries of a vector.
  [[nodiscard]] Numbers taken(const std::vector<int64_t>& columns) const;
  /// `float[8, 8] name = {…}`; with `type` float16, bit patterns.
  [[nodiscard]] std::string text(const std::string& name, const std::string& type = "float") const;
};

/// Matrices, or vectors, side by side.
[[nodiscard]] Numbers side_by_side(const std::vector<Numbers>& parts);

/// Projections of an attention of two heads of four: 8 features in, 8 out.
struct AttentionNumbers {
  Numbers wq = Numbers::of({8, 8}, 1);
  Numbers wk = Numbers::of({8, 8}, 2);
  Numbers wv = Numbers::of({8, 8}, 3);
  Numbers bq = Numbers::of({8}, 4);
  Numbers bk = Numbers::of({8}, 5);
  Numbers bv = Numbers::of({8}, 6);

  /// All six, under these names.
  [[nodiscard]] std::string text(const std::string& type = "float") const;
  /// `w` and `b` as com.microsoft.Attention takes them.
  [[nodiscard]] std::string packed(const std::string& type = "float") const;
};

/// A graph with those of `constants` that `body` reads, and of these: `split` [0,0,2,4], `merge`
/// [0,0,8], `flat` [-1,8], `half`, `c` = 2, `one`, `low` = -10000, `at1` [1], `at12` [1,2].
[[nodiscard]] std::string attention_graph(const std::string& signature,
                                          const std::string& constants, const std::string& body);

/// `q` [B,2,S,4], `kt` [B,2,4,S], `v` [B,2,S,4] from `x`, as TorchScript spells it.
[[nodiscard]] std::string torch_operands();

}  // namespace ortopt::test_support
