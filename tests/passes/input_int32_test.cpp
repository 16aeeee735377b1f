#include "ortopt/passes/input_int32.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/ir/verify.h"
#include "ortopt/pass/pass_manager.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

/// The signature changes, so that the runtime cannot be asked about both with the same inputs: no
/// EXPECT_REWRITE. (tests/optimise runs both.)
testing::AssertionResult narrows(std::string_view before, std::string_view after,
                                 Facts* facts = nullptr) {
  const auto model = test_support::model_of(before);
  Facts own;
  const auto changes = run_pass(InputInt32(), *model, {}, facts != nullptr ? *facts : own);
  if (!changes) return testing::AssertionFailure() << changes.error().text();
  if (const auto sound = verify(model->graph()); !sound)
    return testing::AssertionFailure() << sound.error().text();
  return test_support::same_graph(after, model->graph());
}

TEST(InputInt32, ReadersThatNeedInt64GetOneCast) {
  EXPECT_TRUE(narrows(R"(
    g (int64[B, S] ids, float[9, 4] table) => (float[B, S, 4] y, int64[B, S] z) {
      y = Gather(table, ids)
      z = Add(ids, ids)
    })",
                      R"(
    g (int32[B, S] ids, float[9, 4] table) => (float[B, S, 4] y, int64[B, S] z) {
      wide = Cast<to = 7>(ids)
      y = Gather(table, wide)
      z = Add(wide, wide)
    })"));
}

TEST(InputInt32, ACastToInt32GoesAndOthersStay) {
  EXPECT_TRUE(narrows(R"(
    g (int64[B, S] mask) => (int32[B, S] y, float[B, S] z) {
      narrow = Cast<to = 6>(mask)
      y = Neg(narrow)
      z = Cast<to = 1>(mask)
    })",
                      R"(
    g (int32[B, S] mask) => (int32[B, S] y, float[B, S] z) {
      y = Neg(mask)
      z = Cast<to = 1>(mask)
    })"));
}

TEST(InputInt32, ACastThatIsAnOutputKeepsItsName) {
  EXPECT_TRUE(narrows("g (int64[B] x) => (int32[B] y) { y = Cast<to = 6>(x) }",
                      "g (int32[B] x) => (int32[B] y) { y = Cast<to = 6>(x) }"));
}

TEST(InputInt32, ShapesAreTheSameForAnyType) {
  EXPECT_TRUE(narrows("g (int64[B, S] x) => (int64[2] y) { y = Shape(x) }",
                      "g (int32[B, S] x) => (int64[2] y) { y = Shape(x) }"));
}

TEST(InputInt32, OtherTypesStay) {
  constexpr std::string_view text =
      "g (float[B] x, int32[B] n) => (float[B] y, int32[B] m) { y = Neg(x)  m = Neg(n) }";
  EXPECT_TRUE(narrows(text, text));
}

TEST(InputInt32, AnInputThatIsAnOutputStaysAndSaysSo) {
  constexpr std::string_view text = "g (int64[B] x) => (int64[B] x, int64[B] y) { y = Neg(x) }";
  Facts facts;
  EXPECT_TRUE(narrows(text, text, &facts));
  EXPECT_THAT(facts.warnings, testing::Contains("input 'x' is an output, too, and stays int64"));
}

TEST(InputInt32, ReadersInNestedGraphsGetTheCast) {
  EXPECT_TRUE(narrows(R"(
    g (int64[B] x, bool c) => (int64[B] y) {
      y = If (c) <then_branch = a () => (int64[B] p) { p = Neg(x) },
                  else_branch = b () => (int64[B] q) { q = Abs(x) }>
    })",
                      R"(
    g (int32[B] x, bool c) => (int64[B] y) {
      wide = Cast<to = 7>(x)
      y = If (c) <then_branch = a () => (int64[B] p) { p = Neg(wide) },
                  else_branch = b () => (int64[B] q) { q = Abs(wide) }>
    })"));
}

}  // namespace
}  // namespace ortopt
