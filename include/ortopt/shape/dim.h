#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ortopt {

/// A size: an integer polynomial over named symbols, such as `batch`, `past + seq`, `4·hidden`. A
/// value type with a normal form: two Dims are equal exactly when they are the same polynomial.
/// A symbol stands for an integer of at least 1, unless the first character of its name says
/// otherwise: `%` (index variables), `?` (sizes that nothing is known of) and `(` (quotients,
/// maxima of sizes) are at least 0; `~` may be anything. Copies share their terms; numbers own no
/// memory.
class Dim {
 public:
  Dim() = default;  ///< 0
  Dim(int64_t constant)
      : constant_(constant) {}  // NOLINT(google-explicit-constructor): a number is a size
  [[nodiscard]] static Dim symbol(std::string name);

  /// The number, when no symbol is left.
  [[nodiscard]] std::optional<int64_t> constant() const;
  [[nodiscard]] bool is(int64_t number) const { return !terms_ && constant_ == number; }
  /// The symbol's name when the polynomial is exactly one symbol.
  [[nodiscard]] std::optional<std::string_view> as_symbol() const&;
  std::optional<std::string_view> as_symbol() && = delete;  // the name lives as long as the Dim
  /// The names of all symbols, sorted, each once.
  [[nodiscard]] std::vector<std::string> symbols() const;
  [[nodiscard]] bool mentions(std::string_view name) const;

  friend Dim operator+(const Dim& a, const Dim& b);
  friend Dim operator-(const Dim& a, const Dim& b);
  friend Dim operator*(const Dim& a, const Dim& b);
  friend bool operator==(const Dim& a, const Dim& b);
  /// Any total order; not by size.
  friend std::strong_ordering operator<=>(const Dim& a, const Dim& b);

  /// The summands, constant included, each a Dim of one term.
  [[nodiscard]] std::vector<Dim> terms() const;
  /// The exact quotient, or nothing: multivariate long division by the leading term.
  [[nodiscard]] std::optional<Dim> divided_by(const Dim& divisor) const;
  /// The polynomial with every occurrence of symbol `name` replaced.
  [[nodiscard]] Dim substituted(std::string_view name, const Dim& by) const;

  /// Whether it is ≥ 0 for all values that the symbols may take: yes, never, or nothing when it
  /// depends or cannot be told from the signs.
  [[nodiscard]] std::optional<bool> is_nonnegative() const;

  /// "past+4*seq"; terms in a fixed order.
  [[nodiscard]] std::string text() const;

  /// More terms than this, a degree beyond 16, or coefficients beyond 64 bits are given up: the
  /// operation returns a symbol named by its text, or by a digest of it when that is long.
  static constexpr std::size_t max_terms = 32;

 private:
  struct Term;
  class Terms;

  Dim(std::shared_ptr<const Terms> terms, int64_t constant);

  std::shared_ptr<const Terms> terms_;  ///< Null when no symbol is left.
  int64_t constant_ = 0;
};

}  // namespace ortopt
