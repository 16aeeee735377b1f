#include "ortopt/optimise/blame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ortopt {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;
using Names = std::vector<std::string>;

bool holds(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST(Blame, FindsTheOneCulprit) {
  const Names passes = {"a", "b", "c", "d", "e", "f", "g"};
  for (const std::string& culprit : passes) {
    const auto found = find_culprits(
        passes, [&](const Names& left_out) -> Result<bool> { return holds(left_out, culprit); });
    ASSERT_TRUE(found);
    EXPECT_THAT(*found, ElementsAre(culprit));
  }
}

TEST(Blame, FindsSeveralCulprits) {
  const auto found =
      find_culprits({"a", "b", "c", "d", "e"}, [](const Names& left_out) -> Result<bool> {
        return holds(left_out, "b") && holds(left_out, "e");
      });
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, UnorderedElementsAre("b", "e"));
}

TEST(Blame, LeavesOutOneOfTwoThatAreWrongOnlyTogether) {
  const auto found = find_culprits({"a", "b", "c", "d"}, [](const Names& left_out) -> Result<bool> {
    return holds(left_out, "b") || holds(left_out, "d");
  });
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre("d"));
}

TEST(Blame, NeedsFewComparisons) {
  Names passes;
  for (int i = 0; i < 64; ++i) passes.push_back("pass" + std::to_string(i));
  int comparisons = 0;
  const auto found = find_culprits(passes, [&](const Names& left_out) -> Result<bool> {
    ++comparisons;
    return holds(left_out, "pass42");
  });
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre("pass42"));
  EXPECT_LE(comparisons, 8);
}

TEST(Blame, FailsWhenTheResultDiffersWithoutAnyPass) {
  const auto found = find_culprits({"a", "b"}, [](const Names&) -> Result<bool> { return false; });
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::different);
}

TEST(Blame, FailsWhenNoPassChangedAnything) {
  const auto found = find_culprits({}, [](const Names&) -> Result<bool> { return false; });
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::different);
}

TEST(Blame, PassesOnAComparisonThatCouldNotBeMade) {
  const auto found = find_culprits(
      {"a", "b"}, [](const Names&) -> Result<bool> { return fail(Code::failure, "out of time"); });
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "out of time");
}

TEST(Blame, EndsWhenComparisonsContradictThemselves) {
  int comparisons = 0;
  const auto found =
      find_culprits({"a", "b"}, [&](const Names&) -> Result<bool> { return comparisons++ == 0; });
  ASSERT_TRUE(found);
}

}  // namespace
}  // namespace ortopt
