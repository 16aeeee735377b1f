#include "tests/support/spellings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/graph_text.h"

namespace ortopt::test_support {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::string_view signature = "(float[2] x, float[2] z, float[2] w) => (float[2] y)";

TEST(Spellings, EnumerateOrdersAndBracketings) {
  const auto texts = spellings(sum({input("x"), input("z"), input("w")}), signature, "y");
  EXPECT_EQ(texts.size(), 12U);  // 3! orders, 2 bracketings
  for (const std::string& text : texts) EXPECT_NO_THROW((void)model_of(text)) << text;
}

TEST(Spellings, EnumerateConstantRanks) {
  const auto texts = spellings(call("Pow", {input("x"), number(2)}), signature, "y");
  EXPECT_EQ(texts.size(), 3U);
  EXPECT_THAT(texts, Contains(HasSubstr("float c1 = {2}")));
  EXPECT_THAT(texts, Contains(HasSubstr("float[1] c1 = {2}")));
  EXPECT_THAT(texts, Contains(HasSubstr("float[1,1] c1 = {2}")));
}

TEST(Spellings, EnumerateAlternatives) {
  const Expression root2 = number(1.41421356);
  const auto texts = spellings(
      any_of({call("Div", {input("x"), root2}), product({input("x"), number(0.70710678)})}),
      signature, "y");
  EXPECT_EQ(texts.size(), 9U);  // three forms of constants; Div, and Mul in two orders
}

TEST(Spellings, ComputeSharedPartsOnce) {
  const Expression centred = call("Sub", {input("x"), input("z")});
  const auto texts = spellings(product({centred, centred}), signature, "y");
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0],
            "g (float[2] x, float[2] z, float[2] w) => (float[2] y) {\n"
            "  v1 = Sub (x, z)\n"
            "  y = Mul (v1, v1)\n"
            "}\n");
}

TEST(Spellings, SpellHalfPrecisionConstants) {
  const auto texts = spellings(sum({input("x"), number(1)}), signature, "y",
                               {.type = DataType::float16, .limit = 1});
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_THAT(texts[0], HasSubstr("float16 c1 = {15360}"));
}

TEST(Spellings, AreCappedEvenly) {
  const auto texts = spellings(sum({input("x"), input("z"), input("w"), number(1), number(2)}),
                               signature, "y", {.limit = 50});
  EXPECT_EQ(texts.size(), 50U);
}

TEST(Spellings, WriteGeluInAllItsForms) {
  const Expression x = input("x");
  const Expression scaled =
      any_of({call("Div", {x, number(1.41421356)}), product({x, number(0.70710678)})});
  const auto texts = spellings(product({number(0.5), x, sum({number(1), call("Erf", {scaled})})}),
                               signature, "y", {.limit = 1000});
  EXPECT_EQ(texts.size(), 216U);  // 12 of the product, 2 of the sum, 3 of the scaling, 3 ranks
}

TEST(LineDiff, MarksWhatCameAndWent) {
  EXPECT_EQ(line_diff("a\nb\nc\n", "a\nc\nd\n"), "  a\n- b\n  c\n+ d\n");
}

}  // namespace
}  // namespace ortopt::test_support
