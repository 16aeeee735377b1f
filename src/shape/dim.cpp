#include "ortopt/shape/dim.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "ir/digest.h"

namespace ortopt {

namespace {

/// The most symbols in one term: squaring doubles them each time.
constexpr std::size_t max_degree = 16;

/// Names are made of the expressions that they stand for, and double with each step of a chain that
/// reads a size twice (padding to whole windows). What nobody would read any more becomes a digest,
/// behind the character that says what the symbol may be.
std::string shortened(std::string name) {
  constexpr std::size_t longest = 240;
  if (name.size() <= longest) return name;
  return name.front() + hexadecimal(XXH3_128bits(name.data(), name.size()));
}

/// Without a division by −1, which traps for the smallest number. Its quotient has no
/// representation, either: not a multiple.
bool is_multiple(int64_t number, int64_t divisor) {
  return divisor == -1 ? number != std::numeric_limits<int64_t>::min() : number % divisor == 0;
}

}  // namespace

/// A coefficient other than 0 and at least one symbol, sorted, repeated for powers.
struct Dim::Term {
  std::vector<std::string> symbols;
  int64_t coefficient = 0;

  friend bool operator==(const Term&, const Term&) = default;
  friend auto operator<=>(const Term&, const Term&) = default;

  /// Higher degrees first, then by name: a monomial order, as exact division needs it.
  [[nodiscard]] static std::strong_ordering compare(const std::vector<std::string>& a,
                                                    const std::vector<std::string>& b) {
    if (a.size() != b.size()) return b.size() <=> a.size();
    return a <=> b;
  }
};

/// Terms in monomial order, no monomial twice.
class Dim::Terms {
 public:
  using List = std::vector<Term>;

  explicit Terms(List list) : list_(std::move(list)) {}
  [[nodiscard]] const List& list() const { return list_; }

  [[nodiscard]] static const List& of(const Dim& dim) {
    static const List none;
    return dim.terms_ ? dim.terms_->list_ : none;
  }

  /// `list` in monomial order; nothing when it has too many terms, or the first has too many
  /// symbols.
  [[nodiscard]] static std::optional<Dim> make(List list, int64_t constant) {
    if (list.empty()) return Dim(constant);
    if (list.size() > max_terms || list.front().symbols.size() > max_degree) return std::nullopt;
    return Dim(std::make_shared<const Terms>(std::move(list)), constant);
  }

  /// a + factor · b; nothing on overflow or when there are too many terms.
  [[nodiscard]] static std::optional<Dim> sum(const Dim& a, const Dim& b, int64_t factor) {
    int64_t constant = 0;
    if (!add_product(a.constant_, b.constant_, factor, constant)) return std::nullopt;
    const List& left = of(a);
    const List& right = of(b);
    List result;
    result.reserve(left.size() + right.size());
    auto x = left.begin();
    auto y = right.begin();
    while (x != left.end() || y != right.end()) {
      const auto order = x == left.end()    ? std::strong_ordering::greater
                         : y == right.end() ? std::strong_ordering::less
                                            : Term::compare(x->symbols, y->symbols);
      Term term = order <= 0 ? *x : Term{y->symbols, 0};
      if (order >= 0 && !add_product(term.coefficient, y->coefficient, factor, term.coefficient))
        return std::nullopt;
      if (order <= 0) ++x;
      if (order >= 0) ++y;
      if (term.coefficient != 0) result.push_back(std::move(term));
    }
    return make(std::move(result), constant);
  }

  /// a · one term (a number when `symbols` is empty).
  [[nodiscard]] static std::optional<Dim> times(const Dim& a,
                                                const std::vector<std::string>& symbols,
                                                int64_t coefficient) {
    if (coefficient == 0) return Dim(0);
    List result;
    for (const Term& term : of(a)) {
      Term product;
      product.symbols.resize(term.symbols.size() + symbols.size());
      std::ranges::merge(term.symbols, symbols, product.symbols.begin());
      if (__builtin_mul_overflow(term.coefficient, coefficient, &product.coefficient))
        return std::nullopt;
      result.push_back(std::move(product));
    }
    int64_t constant = 0;
    if (__builtin_mul_overflow(a.constant_, coefficient, &constant)) return std::nullopt;
    if (!symbols.empty()) {
      if (constant != 0) result.push_back({symbols, constant});
      constant = 0;
    }
    // Multiplying by one monomial keeps the order of the others, but the constant becomes a term
    // of a lower degree: it belongs at the end, or before terms of its degree.
    std::ranges::sort(result, [](const Term& x, const Term& y) {
      return Term::compare(x.symbols, y.symbols) < 0;
    });
    return make(std::move(result), constant);
  }

  [[nodiscard]] static std::optional<Dim> product(const Dim& a, const Dim& b) {
    std::optional<Dim> result = times(a, {}, b.constant_);
    for (const Term& term : of(b)) {
      const auto part = times(a, term.symbols, term.coefficient);
      if (!result || !part) return std::nullopt;
      result = sum(*result, *part, 1);
    }
    return result;
  }

 private:
  static bool add_product(int64_t a, int64_t b, int64_t factor, int64_t& result) {
    int64_t product = 0;
    return !__builtin_mul_overflow(b, factor, &product) &&
           !__builtin_add_overflow(a, product, &result);
  }

  List list_;
};

namespace {

/// The smallest value of a symbol; nothing when there is none.
std::optional<int64_t> least(std::string_view symbol) {
  if (symbol.starts_with('~')) return std::nullopt;
  return symbol.starts_with('%') || symbol.starts_with('?') || symbol.starts_with('(') ? 0 : 1;
}

/// What an operation that cannot be expressed becomes: equal expressions stay equal.
Dim opaque(const Dim& a, std::string_view operation, const Dim& b) {
  return Dim::symbol("~(" + a.text() + ")" + std::string(operation) + "(" + b.text() + ")");
}

}  // namespace

Dim::Dim(std::shared_ptr<const Terms> terms, int64_t constant)
    : terms_(std::move(terms)), constant_(constant) {}

Dim Dim::symbol(std::string name) {
  return {std::make_shared<const Terms>(Terms::List{{{shortened(std::move(name))}, 1}}), 0};
}

std::optional<int64_t> Dim::constant() const {
  return terms_ ? std::nullopt : std::optional(constant_);
}

std::optional<std::string_view> Dim::as_symbol() const& {
  const auto& list = Terms::of(*this);
  if (constant_ != 0 || list.size() != 1 || list[0].coefficient != 1 || list[0].symbols.size() != 1)
    return std::nullopt;
  return list[0].symbols[0];
}

std::vector<std::string> Dim::symbols() const {
  std::vector<std::string> names;
  for (const Term& term : Terms::of(*this))
    names.insert(names.end(), term.symbols.begin(), term.symbols.end());
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

bool Dim::mentions(std::string_view name) const {
  return std::ranges::any_of(Terms::of(*this), [&](const Term& term) {
    return std::ranges::find(term.symbols, name) != term.symbols.end();
  });
}

Dim operator+(const Dim& a, const Dim& b) {
  const auto sum = Dim::Terms::sum(a, b, 1);
  return sum ? *sum : opaque(a, "+", b);
}

Dim operator-(const Dim& a, const Dim& b) {
  const auto difference = Dim::Terms::sum(a, b, -1);
  return difference ? *difference : opaque(a, "-", b);
}

Dim operator*(const Dim& a, const Dim& b) {
  if (a.is(1)) return b;
  if (b.is(1)) return a;
  const auto product = Dim::Terms::product(a, b);
  return product ? *product : opaque(a, "*", b);
}

bool operator==(const Dim& a, const Dim& b) {
  if (a.constant_ != b.constant_) return false;
  return a.terms_ == b.terms_ || Dim::Terms::of(a) == Dim::Terms::of(b);
}

std::strong_ordering operator<=>(const Dim& a, const Dim& b) {
  if (const auto order = Dim::Terms::of(a) <=> Dim::Terms::of(b); order != 0) return order;
  return a.constant_ <=> b.constant_;
}

std::vector<Dim> Dim::terms() const {
  std::vector<Dim> result;
  for (const Term& term : Terms::of(*this)) result.push_back(*Terms::make({term}, 0));
  if (constant_ != 0) result.emplace_back(constant_);
  return result;
}

std::optional<Dim> Dim::divided_by(const Dim& divisor) const {
  if (divisor.is(0)) return std::nullopt;
  if (divisor.is(1)) return *this;
  if (divisor.is(-1)) return Terms::times(*this, {}, -1);
  if (!terms_ && !divisor.terms_)
    return constant_ % divisor.constant_ == 0 ? std::optional<Dim>(constant_ / divisor.constant_)
                                              : std::nullopt;
  // The leading term of a polynomial with symbols is its first; otherwise it is the number.
  const auto leading = [](const Dim& dim) {
    return dim.terms_ ? dim.terms_->list().front() : Term{{}, dim.constant_};
  };
  const Term by = leading(divisor);
  Dim rest = *this;
  Dim quotient;
  while (!rest.is(0)) {
    const Term from = leading(rest);
    std::vector<std::string> symbols;
    if (!std::ranges::includes(from.symbols, by.symbols) ||
        !is_multiple(from.coefficient, by.coefficient))
      return std::nullopt;
    std::ranges::set_difference(from.symbols, by.symbols, std::back_inserter(symbols));
    const int64_t coefficient = from.coefficient / by.coefficient;
    const auto step = Terms::times(Dim(1), symbols, coefficient);
    const auto taken = Terms::times(divisor, symbols, coefficient);
    const auto left = step && taken ? Terms::sum(rest, *taken, -1) : std::nullopt;
    const auto sum = left ? Terms::sum(quotient, *step, 1) : std::nullopt;
    if (!sum) return std::nullopt;
    quotient = *sum;
    rest = *left;
  }
  return quotient;
}

Dim Dim::substituted(std::string_view name, const Dim& by) const {
  if (!mentions(name)) return *this;
  Dim result(constant_);
  for (const Term& term : Terms::of(*this)) {
    Dim product(term.coefficient);
    for (const std::string& symbol : term.symbols)
      product = product * (symbol == name ? by : Dim::symbol(symbol));
    result = result + product;
  }
  return result;
}

std::optional<bool> Dim::is_nonnegative() const {
  if (!terms_) return constant_ >= 0;
  // In terms of how far each symbol is above its least value, the signs of the coefficients tell.
  Dim shifted(constant_);
  for (const Term& term : Terms::of(*this)) {
    if (term.symbols.size() > 6) return std::nullopt;
    Dim product(term.coefficient);
    for (const std::string& symbol : term.symbols) {
      const auto lowest = least(symbol);
      if (!lowest) return std::nullopt;
      product = product * (Dim::symbol(symbol) + Dim(*lowest));
    }
    shifted = shifted + product;
  }
  const auto& list = Terms::of(shifted);
  const auto is_opaque = [](const Term& term) {
    return std::ranges::any_of(term.symbols, [](const auto& name) { return !least(name); });
  };
  if (std::ranges::any_of(list, is_opaque)) return std::nullopt;
  const auto rises = [](const Term& term) { return term.coefficient > 0; };
  if (shifted.constant_ >= 0 && std::ranges::all_of(list, rises)) return true;
  if (shifted.constant_ < 0 && std::ranges::none_of(list, rises)) return false;
  return std::nullopt;
}

std::string Dim::text() const {
  std::string result;
  const auto append = [&result](int64_t coefficient, const std::vector<std::string>& symbols) {
    std::string number = std::to_string(coefficient);
    if (!symbols.empty() && (coefficient == 1 || coefficient == -1)) number.pop_back();
    if (!result.empty() && coefficient > 0) result += '+';
    result += number;
    bool joined = number.empty() || number == "-";
    for (const std::string& symbol : symbols) {
      if (!joined) result += '*';
      result += symbol;
      joined = false;
    }
  };
  for (const Term& term : Terms::of(*this)) append(term.coefficient, term.symbols);
  if (constant_ != 0 || result.empty()) append(constant_, {});
  return result;
}

}  // namespace ortopt
