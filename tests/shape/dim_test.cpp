#include "ortopt/shape/dim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace rc {

/// Polynomials of up to four terms over three symbols, small enough that no product overflows.
template <>
struct Arbitrary<ortopt::Dim> {
  static Gen<ortopt::Dim> arbitrary() {
    const auto symbol = gen::element<std::string>("a", "b", "past");
    const auto monomial = gen::resize(3, gen::container<std::vector<std::string>>(symbol));
    const auto term = gen::pair(gen::inRange<int64_t>(-6, 7), monomial);
    return gen::map(
        gen::resize(
            4, gen::container<std::vector<std::pair<int64_t, std::vector<std::string>>>>(term)),
        [](const auto& terms) {
          ortopt::Dim sum;
          for (const auto& [coefficient, symbols] : terms) {
            ortopt::Dim product(coefficient);
            for (const auto& name : symbols) product = product * ortopt::Dim::symbol(name);
            sum = sum + product;
          }
          return sum;
        });
  }
};

}  // namespace rc

namespace ortopt {

void PrintTo(const Dim& dim, std::ostream* to) { *to << dim.text(); }
void showValue(const Dim& dim, std::ostream& to) { to << dim.text(); }

namespace {

using testing::ElementsAre;

const Dim batch = Dim::symbol("batch");
const Dim past = Dim::symbol("past");
const Dim seq = Dim::symbol("seq");

int64_t value_at(Dim dim, int64_t a, int64_t b, int64_t c) {
  return *dim.substituted("a", a).substituted("b", b).substituted("past", c).constant();
}

TEST(Dim, IsANumberOrASymbolOrASum) {
  EXPECT_EQ(Dim(3).constant(), 3);
  EXPECT_EQ(batch.as_symbol(), "batch");
  EXPECT_FALSE((past + seq).constant());
  for (const Dim& no_symbol : {past + seq, 2 * seq, seq + 1, Dim(1)})
    EXPECT_FALSE(no_symbol.as_symbol()) << no_symbol.text();
  EXPECT_TRUE((seq - seq).is(0));
  EXPECT_THAT((seq * past + seq).symbols(), ElementsAre("past", "seq"));
}

TEST(Dim, HasOneTextForEqualPolynomials) {
  EXPECT_EQ((past + 4 * seq).text(), "past+4*seq");
  EXPECT_EQ((4 * seq + past).text(), "past+4*seq");
  EXPECT_EQ((Dim(2) - seq * batch).text(), "-batch*seq+2");
  EXPECT_EQ(Dim(0).text(), "0");
  EXPECT_EQ((seq - 1).text(), "seq-1");
}

TEST(Dim, DividesExactlyOrNotAtAll) {
  EXPECT_EQ((4 * batch * seq).divided_by(batch * 4), seq);
  EXPECT_EQ((past * batch + seq * batch).divided_by(past + seq), batch);
  EXPECT_FALSE((past + seq).divided_by(seq));
  EXPECT_FALSE((3 * seq).divided_by(2));
  EXPECT_FALSE(Dim(7).divided_by(0));
  constexpr int64_t smallest = std::numeric_limits<int64_t>::min();
  EXPECT_FALSE(Dim(smallest).divided_by(-1)) << "2^63 is beyond 64 bits";
  EXPECT_FALSE((smallest * seq).divided_by(-1 * seq)) << "and the division traps";
  EXPECT_EQ(Dim(0).divided_by(seq), Dim(0));
  EXPECT_FALSE(Dim(12).divided_by(seq));
}

TEST(Dim, KnowsThatSizesAreAtLeastOne) {
  EXPECT_EQ((seq - 1).is_nonnegative(), true);
  EXPECT_FALSE((seq - 2).is_nonnegative());
  EXPECT_EQ((Dim(0) - seq).is_nonnegative(), false);
  EXPECT_EQ((batch * seq - batch).is_nonnegative(), true);
  EXPECT_FALSE((past - seq).is_nonnegative());
}

TEST(Dim, KnowsWhichSymbolsMayBeZeroOrNegative) {
  EXPECT_FALSE((Dim::symbol("%j") - 1).is_nonnegative());
  EXPECT_EQ(Dim::symbol("%j").is_nonnegative(), true);
  EXPECT_FALSE((Dim::symbol("?rows") - 1).is_nonnegative());
  EXPECT_FALSE((Dim::symbol("~x") + 1).is_nonnegative());
}

TEST(Dim, GivesUpBeyondSixtyFourBitsWithoutOverflow) {
  const Dim huge(std::numeric_limits<int64_t>::max());
  EXPECT_FALSE((huge * 2).constant());
  EXPECT_EQ(huge * 2, huge * 2);
  EXPECT_FALSE((huge * 2).is_nonnegative());
  EXPECT_FALSE((huge + seq * huge + huge).constant());
}

TEST(Dim, GivesUpBeyondTheCapOnTerms) {
  Dim sum;
  for (int k = 0; k < 40; ++k) sum = sum + Dim::symbol("s" + std::to_string(k));
  EXPECT_LE(sum.terms().size(), Dim::max_terms);
}

RC_GTEST_PROP(DimProperty, AdditionAndMultiplicationFormARing,
              (const Dim& a, const Dim& b, const Dim& c)) {
  RC_ASSERT(a + b == b + a);
  RC_ASSERT(a * b == b * a);
  RC_ASSERT((a + b) + c == a + (b + c));
  RC_ASSERT((a - b) + b == a);
  RC_ASSERT(a * Dim(1) == a);
  RC_ASSERT((a * Dim(0)).is(0));
}

RC_GTEST_PROP(DimProperty, DivisionInvertsMultiplication, (const Dim& a, const Dim& b)) {
  RC_PRE(!b.is(0));
  const Dim product = a * b;
  RC_PRE(product.terms().size() < Dim::max_terms);
  RC_ASSERT(product.divided_by(b) == a);
}

RC_GTEST_PROP(DimProperty, AQuotientTimesTheDivisorIsTheDividend, (const Dim& a, const Dim& b)) {
  if (const auto quotient = a.divided_by(b)) RC_ASSERT(*quotient * b == a);
}

RC_GTEST_PROP(DimProperty, ArithmeticAgreesWithNumbers, (const Dim& a, const Dim& b)) {
  const auto x = *rc::gen::inRange<int64_t>(1, 5);
  const auto y = *rc::gen::inRange<int64_t>(1, 5);
  const auto z = *rc::gen::inRange<int64_t>(1, 5);
  RC_ASSERT(value_at(a + b, x, y, z) == value_at(a, x, y, z) + value_at(b, x, y, z));
  RC_ASSERT(value_at(a * b, x, y, z) == value_at(a, x, y, z) * value_at(b, x, y, z));
}

RC_GTEST_PROP(DimProperty, TheSignIsRightWhereItIsTold, (const Dim& a)) {
  const auto x = *rc::gen::inRange<int64_t>(1, 9);
  const auto y = *rc::gen::inRange<int64_t>(1, 9);
  const auto z = *rc::gen::inRange<int64_t>(1, 9);
  if (const auto sure = a.is_nonnegative()) RC_ASSERT((value_at(a, x, y, z) >= 0) == *sure);
}

RC_GTEST_PROP(DimProperty, EqualityAndOrderAgree, (const Dim& a, const Dim& b)) {
  RC_ASSERT((a == b) == ((a <=> b) == 0));
  RC_ASSERT((a == b) == (a.text() == b.text()));
}

}  // namespace
}  // namespace ortopt
