#include <algorithm>
#include <bit>

#include "ortopt/base/error.h"
#include "pattern/form.h"

namespace ortopt::pattern {
namespace {

/// An associative and commutative operator, the operator that undoes it, and the one that inverts
/// a single operand.
struct Algebra {
  std::string_view join;
  std::string_view split;
  std::string_view invert;
  double neutral;

  [[nodiscard]] double inverse(double number) const {
    return neutral == 0 ? -number : neutral / number;
  }
};
constexpr Algebra sums{"Add", "Sub", "Neg", 0};
constexpr Algebra products{"Mul", "Div", "Reciprocal", 1};

/// A set of a chain's terms, one bit each.
using Terms = unsigned;

Terms lowest(Terms terms) { return terms & (~terms + 1); }

/// A term that may be missing from its chain.
class OptionalTermForm final : public Form {
 public:
  explicit OptionalTermForm(Pattern pattern) : pattern_(std::move(pattern)) {}
  bool match(Value& value, Search& search, Next next) const override {
    return pattern_.match(value, search, next);
  }
  Operators operators() const override { return pattern_.form().operators(); }

 private:
  Pattern pattern_;
};

/// a + b − c, or a · b / c: any order and any bracketing, operands inverted by the operator that
/// undoes, by the operator that inverts, or, when constant, by their value.
class ChainForm final : public Form {
 public:
  struct Term {
    Pattern pattern;
    bool inverted = false;
  };

  ChainForm(const Algebra& algebra, std::vector<Term> terms)
      : algebra_(&algebra), terms_(std::move(terms)) {
    ensure(!terms_.empty() && terms_.size() <= max_terms, "a sum or product has 1 to 8 terms");
    for (std::size_t k = 0; k < terms_.size(); ++k)
      if (dynamic_cast<const OptionalTermForm*>(&terms_[k].pattern.form()) != nullptr)
        optional_ |= 1U << k;
  }

  [[nodiscard]] const Algebra& algebra() const { return *algebra_; }
  [[nodiscard]] const std::vector<Term>& terms() const { return terms_; }

  bool match(Value& value, Search& search, Next next) const override {
    const Terms all = (1U << terms_.size()) - 1;
    // Subsets of the optional terms to leave out, none of them first.
    for (Terms missing = 0;; missing = (missing - optional_) & optional_) {
      if (missing != all && share(value, all & ~missing, {.inverted = false}, search, next))
        return true;
      if (missing == optional_ || search.exhausted()) return false;
    }
  }

  Operators operators() const override {
    std::set<std::string> found{std::string(algebra_->join), std::string(algebra_->split),
                                std::string(algebra_->invert)};
    if (algebra_ == &products && terms_.size() == 1) found.insert("Pow");
    // With all optional terms missing a single other term may stand alone.
    const Terms needed = ((1U << terms_.size()) - 1) & ~optional_;
    for (std::size_t k = 0; k < terms_.size(); ++k) {
      if ((needed & ~(1U << k)) != 0) continue;
      const Operators some = terms_[k].pattern.form().operators();
      if (!some) return std::nullopt;
      found.insert(some->begin(), some->end());
    }
    return found;
  }

 private:
  struct Sense {
    bool inverted;
    [[nodiscard]] Sense flipped() const { return {!inverted}; }
  };

  [[nodiscard]] bool is_splittable(const Value& value) const {
    const Node* node = value.producer();
    return node != nullptr && node->domain().empty() &&
           (node->op() == algebra_->join || node->op() == algebra_->split ||
            node->op() == algebra_->invert);
  }

  /// The operand when `node` only inverts it: Neg(x), Reciprocal(x), 0 − x, 1 / x, x^−1.
  [[nodiscard]] Value* inverted_by(const Node& node, const Analysis& facts) const {
    if (node.is(algebra_->invert)) return node.input(0);
    if (node.input(0) == nullptr || node.input(1) == nullptr) return nullptr;
    if (node.is(algebra_->split) && holds(*node.input(0), algebra_->neutral, facts))
      return node.input(1);
    if (algebra_ == &products && node.is("Pow") && holds(*node.input(1), -1, facts))
      return node.input(0);
    return nullptr;
  }

  /// Matches the terms `mine` (or the inverse of their combination) against the tree under `value`.
  bool share(Value& value, Terms mine, Sense sense, Search& search, Next next) const {
    if (std::has_single_bit(mine)) {
      const Term& term = terms_[static_cast<std::size_t>(std::countr_zero(mine))];
      return one(value, term, {term.inverted != sense.inverted}, search, next);
    }
    if (!is_splittable(value))
      return search.miss([&] {
        return told(value) + " " + origin_of(value) + ", not from " + std::string(algebra_->join) +
               " or " + std::string(algebra_->split);
      });
    return search.enter(value, [&](Node& node) {
      if (Value* operand = inverted_by(node, search.facts()))
        if (share(*operand, mine, sense.flipped(), search, next)) return true;
      if (node.is(algebra_->invert)) return false;
      return divide(node, mine, sense, search, next);
    });
  }

  /// Shares the terms out between the two operands of `node`, in every way.
  bool divide(Node& node, Terms mine, Sense sense, Search& search, Next next) const {
    Value* left = node.input(0);
    Value* right = node.input(1);
    if (left == nullptr || right == nullptr) return false;
    const Sense right_sense = node.is(algebra_->split) ? sense.flipped() : sense;
    // The first terms are tried on the left first: operands bind in the order in which they stand.
    for (Terms part = lowest(mine); part != mine && !search.exhausted();
         part = (part - mine) & mine) {
      const Terms rest = mine & ~part;
      // Hopeless shares cost no steps; where all are, one is tried for its explanation.
      if (!std::has_single_bit(part) && !is_splittable(*left)) continue;
      if (!std::has_single_bit(rest) && !is_splittable(*right)) continue;
      if (share(*left, part, sense, search,
                [&] { return share(*right, rest, right_sense, search, next); }))
        return true;
    }
    if (std::popcount(mine) > 2 && !is_splittable(*left) && !is_splittable(*right))
      return search.miss(
          [&] { return told(*node.output()) + " combines fewer terms than the pattern"; });
    return false;
  }

  bool one(Value& value, const Term& term, Sense sense, Search& search, Next next) const {
    if (!sense.inverted) return term.pattern.match(value, search, next);
    if (const auto number = term.pattern.form().literal()) {
      const double inverse = algebra_->inverse(*number);
      return holds(value, inverse, search.facts()) ? next() : miss_number(value, inverse, search);
    }
    Value* operand =
        value.producer() == nullptr ? nullptr : inverted_by(*value.producer(), search.facts());
    if (operand == nullptr)
      return search.miss([&] {
        return told(value) + " " + origin_of(value) + ", not from " + std::string(algebra_->invert);
      });
    return search.enter(value,
                        [&](Node& /*node*/) { return term.pattern.match(*operand, search, next); });
  }

  const Algebra* algebra_;
  std::vector<Term> terms_;
  Terms optional_ = 0;
};

using Term = ChainForm::Term;

const ChainForm* chain_of(const Algebra& algebra, const Pattern& pattern) {
  const auto* chain = dynamic_cast<const ChainForm*>(&pattern.form());
  return chain != nullptr && &chain->algebra() == &algebra ? chain : nullptr;
}

/// The terms of `pattern` in `algebra`: those of a chain of the same kind, or the pattern itself.
void append(const Algebra& algebra, const Pattern& pattern, bool inverted,
            std::vector<Term>& terms) {
  const ChainForm* chain = chain_of(algebra, pattern);
  if (chain == nullptr) {
    terms.push_back({pattern, inverted});
    return;
  }
  for (const Term& term : chain->terms())
    terms.push_back({term.pattern, term.inverted != inverted});
}

/// Numbers among the terms are one number, as an exporter's constant folding leaves them.
Pattern chain(const Algebra& algebra, const std::vector<Term>& terms) {
  std::vector<Term> kept;
  double number = algebra.neutral;
  for (const Term& term : terms) {
    const auto literal = term.pattern.form().literal();
    if (!literal) {
      kept.push_back(term);
      continue;
    }
    const double operand = term.inverted ? algebra.inverse(*literal) : *literal;
    number = algebra.neutral == 0 ? number + operand : number * operand;
  }
  if (kept.empty()) return number;
  if (number != algebra.neutral) kept.insert(kept.begin(), {Pattern(number), false});
  if (kept.size() == 1 && !kept.front().inverted) return kept.front().pattern;
  return make<ChainForm>(algebra, std::move(kept));
}

/// Whether a choice of `pattern` is a chain of this kind, whose terms may mix with others: c·x³ is
/// also ((c·x)·x)·x, in which no x³ is computed.
bool mixes(const Algebra& algebra, const Pattern& pattern) {
  return std::ranges::any_of(pattern.form().choices(), [&](const Pattern& choice) {
    return chain_of(algebra, choice) != nullptr || mixes(algebra, choice);
  });
}

Pattern combine(const Algebra& algebra, const Pattern& a, const Pattern& b, bool invert_b) {
  std::vector<Pattern> choices;
  if (mixes(algebra, a)) {
    for (const Pattern& choice : a.form().choices())
      choices.push_back(combine(algebra, choice, b, invert_b));
    return either(std::move(choices));
  }
  if (mixes(algebra, b)) {
    for (const Pattern& choice : b.form().choices())
      choices.push_back(combine(algebra, a, choice, invert_b));
    return either(std::move(choices));
  }
  std::vector<Term> terms;
  append(algebra, a, false, terms);
  append(algebra, b, invert_b, terms);
  return chain(algebra, terms);
}

}  // namespace

Pattern optional_term(Pattern pattern) { return make<OptionalTermForm>(std::move(pattern)); }

Pattern operator+(const Pattern& a, const Pattern& b) { return combine(sums, a, b, false); }
Pattern operator-(const Pattern& a, const Pattern& b) { return combine(sums, a, b, true); }
Pattern operator*(const Pattern& a, const Pattern& b) { return combine(products, a, b, false); }
Pattern operator/(const Pattern& a, const Pattern& b) { return combine(products, a, b, true); }
Pattern operator-(const Pattern& a) { return combine(sums, 0.0, a, true); }

}  // namespace ortopt::pattern
