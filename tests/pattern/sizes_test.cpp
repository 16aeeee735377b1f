#include <gtest/gtest.h>

#include "tests/pattern/pattern_check.h"

namespace ortopt::pattern {
namespace {

using test::explanation;
using test::find_in;
using test::Graphs;

TEST(Sizes, BindOnFirstUseAndUnifyLater) {
  const Pattern square = shaped(any("x"), {dim("n"), dim("n")});
  EXPECT_TRUE(
      find_in(call("Neg", {square}), "g (float[N, N] x) => (float[N, N] y) { y = Neg(x) }"));
  EXPECT_EQ(
      explanation(call("Neg", {square}), "g (float[4, 5] x) => (float[4, 5] y) { y = Neg(x) }"),
      "a size is 5, not 4");
  EXPECT_EQ(explanation(call("Neg", {square}), "g (float[4] x) => (float[4] y) { y = Neg(x) }"),
            "'x' has rank 1, not 2");
}

TEST(Sizes, ReadBack) {
  const Graphs graph("g (float[B, 12] x) => (float[B, 12] y) { y = Neg(x) }");
  const Pattern pattern = call("Neg", {shaped(any("x"), {dim("b"), 4 * dim("n")})});
  const auto match = graph.find(pattern);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->dim("n"), Dim(3));
  EXPECT_EQ(match->dim("b").text(), "B");
}

TEST(Sizes, AReshapeMatchesByItsEffect) {
  // b s (n d) → b s n d → b n s d, whatever computes the target.
  const Pattern x = shaped(any("x"), {dim("b"), dim("s"), dim("n") * dim("d")});
  const Pattern heads =
      transpose(reshape(x, {dim("b"), dim("s"), dim("n"), dim("d")}), {0, 2, 1, 3});
  for (const char* body :
       {"t = Reshape(x, copy) y = Transpose<perm = [0, 2, 1, 3]>(t)",
        "sizes = Shape(x) bs = Slice(sizes, zero, two) to = Concat<axis = 0>(bs, nd) "
        "t = Reshape(x, to) y = Transpose<perm = [0, 2, 1, 3]>(t)",
        "u = Unsqueeze(x, two) t = Reshape(u, copy) y = Transpose<perm = [0, 2, 1, 3]>(t)"}) {
    const Graphs graph(
        "g (float[B, S, 12] x) => (float[B, 3, S, 4] y) <int64[4] copy = {0, 0, 3, 4}, "
        "int64[1] zero = {0}, int64[1] two = {2}, int64[2] nd = {3, 4}> {" +
        std::string(body) + "}");
    const auto match = graph.find(heads);
    ASSERT_TRUE(match) << body;
    EXPECT_EQ(match->dim("n"), Dim(3));
    EXPECT_EQ(match->dim("d"), Dim(4));
  }
}

TEST(Sizes, AReshapeToOtherSizesIsNone) {
  const Pattern heads =
      reshape(shaped(any("x"), {dim("b"), dim("s"), dim("w")}), {dim("b"), dim("s"), 3, dim("d")});
  const std::string head = "g (float[B, S, 12] x) => (float[B, S, 4, 3] y) ";
  EXPECT_EQ(explanation(heads, head + "<int64[4] to = {0, 0, 4, 3}> { y = Reshape(x, to) }"),
            "a size is 4, not 3");
}

TEST(Sizes, AProductOfTwoUnknownsIsSettledInTheEnd) {
  const Pattern merged = shaped(call("Neg", {shaped(any("x"), {dim("n") * dim("d")})}), {dim("w")});
  EXPECT_EQ(explanation(merged, "g (float[12] x) => (float[12] y) { y = Neg(x) }"),
            "the size 12 could be split in many ways");
}

TEST(Transposes, DefaultReversesAllAxes) {
  const std::string graph = "g (float[2, 3] x) => (float[3, 2] y) { y = Transpose(x) }";
  EXPECT_TRUE(find_in(transpose(any("x"), {1, 0}), graph));
  EXPECT_FALSE(find_in(transpose(any("x"), {0, 1}), graph));
  EXPECT_FALSE(find_in(transpose(any("x"), {2, 1, 0}), graph));
}

}  // namespace
}  // namespace ortopt::pattern
