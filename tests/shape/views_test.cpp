#include <gtest/gtest.h>

#include "tests/shape/analysed_graph.h"

namespace ortopt {
namespace {

TEST(Inputs, EqualSymbolsAreOneAxisAndEqualNumbersAreNot) {
  const AnalysedGraph facts(
      R"(g (float[B, 4] x, float[B, 4] y) => (float[B, 4] z) { z = Add(x, y) })");
  EXPECT_EQ(facts.layout("x"), "[(B) (x.1)]");
  EXPECT_EQ(facts.layout("y"), "[(B) (y.1)]");
  EXPECT_EQ(facts.layout("z"), "[(B) (x.1)]");
  EXPECT_EQ(facts.assumptions(), "");
}

TEST(Where, NamesAxesAfterWhatItChoosesFrom) {
  const AnalysedGraph facts(R"(
    g (bool[2, 4] m, float[2, 4] x) => (float[2, 4] z) <float low = {-1e9}> {
      z = Where(m, low, x)
    })");
  EXPECT_EQ(facts.layout("z"), "[(x.0) (x.1)]");
}

TEST(Inputs, ADimensionWithoutNameGetsOneOfItsOwn) {
  const AnalysedGraph facts(R"(g (float[?, 4] x, float[] y) => (float[?, 4] z) { z = Relu(x) })");
  EXPECT_EQ(facts.shape("z"), "x_0,4");
  EXPECT_EQ(facts.shape("y"), "unknown");
}

TEST(Transpose, MovesDimensions) {
  const AnalysedGraph facts(R"(g (float[B, S, 4] x) => (float[4, B, S] y) {
    y = Transpose <perm = [2, 0, 1]> (x)
  })");
  EXPECT_EQ(facts.layout("y"), "[(x.2) (B) (S)]");
}

TEST(Transpose, ReversesWhenThereIsNoPermutation) {
  const AnalysedGraph facts(R"(g (float[B, S, 4] x) => (float[4, S, B] y) { y = Transpose (x) })");
  EXPECT_EQ(facts.layout("y"), "[(x.2) (S) (B)]");
}

TEST(Reshape, SplitsHeadsAndMergesThemBack) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x) => (float[B, S, 32] z)
    <int64[4] split = {0, 0, 4, 8}, int64[3] merged = {0, -1, 32}> {
    y = Reshape (x, split)
    z = Reshape (y, merged)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (x.2/8:4) (x.2:8)]");
  EXPECT_EQ(facts.layout("z"), "[(B) (S) (x.2)]");
}

TEST(Reshape, DoesNotMergeWhatWasPermuted) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x) => (float[B, S, 32] z)
    <int64[4] split = {0, 0, 4, 8}, int64[3] merged = {0, 0, 32}> {
    y = Reshape (x, split)
    t = Transpose <perm = [0, 1, 3, 2]> (y)
    z = Reshape (t, merged)
  })");
  EXPECT_EQ(facts.layout("z"), "[(B) (S) (x.2:8 x.2/8:4)]");
}

/// Targets for [B, S, 32] that all mean the same split of heads.
class HeadSplit : public testing::TestWithParam<const char*> {};

TEST_P(HeadSplit, IsReadByItsEffectHoweverTheTargetWasSpelled) {
  const AnalysedGraph facts(std::string(R"(g (float[B, S, 32] x) => (float[B, S, 4, 8] y) {
    sizes = Shape (x)
    zero = Constant <value = int64[1] {0}> ()
    one = Constant <value = int64[1] {1}> ()
    rest = Constant <value = int64[1] {-1}> ()
    four = Constant <value = int64[1] {4}> ()
    eight = Constant <value = int64[1] {8}> ()
    b = Gather (sizes, zero)
    s = Gather (sizes, one)
    target = Concat <axis = 0> ()") +
                            GetParam() + ")\n y = Reshape (x, target) }");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (x.2/8:4) (x.2:8)]");
  EXPECT_EQ(facts.assumptions(), "");
}

INSTANTIATE_TEST_SUITE_P(Spellings, HeadSplit,
                         testing::Values("b, s, four, eight", "b, rest, four, eight",
                                         "rest, s, four, eight", "b, s, rest, eight",
                                         "b, s, four, rest", "zero, zero, four, eight",
                                         "zero, rest, four, eight", "b, zero, rest, eight"));

TEST(Reshape, EqualSizesDoNotConfuseIt) {
  const AnalysedGraph facts(R"(g (float[4, 4, 16] x) => (float[4, 4, 4, 4] y)
    <int64[4] split = {4, 4, 4, 4}> {
    y = Reshape (x, split)
  })");
  EXPECT_EQ(facts.layout("y"), "[(x.0) (x.1) (x.2/4:4) (x.2:4)]");
}

TEST(Reshape, FoldsHeadsIntoTheBatchAndBack) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x) => (float[B, 4, S, 8] z)
    <int64[4] split = {0, 0, 4, 8}> {
    y = Reshape (x, split)
    t = Transpose <perm = [0, 2, 1, 3]> (y)
    sizes = Shape <start = 0, end = 2> (x)
    parts, length = Split (sizes)
    four = Constant <value = int64[1] {4}> ()
    eight = Constant <value = int64[1] {8}> ()
    rows = Mul (parts, four)
    flat_target = Concat <axis = 0> (rows, length, eight)
    flat = Reshape (t, flat_target)
    batch = Div (rows, four)
    target = Concat <axis = 0> (batch, four, length, eight)
    z = Reshape (flat, target)
  })");
  EXPECT_EQ(facts.layout("flat"), "[(B x.2/8:4) (S) (x.2:8)]");
  EXPECT_EQ(facts.layout("z"), "[(B) (x.2/8:4) (S) (x.2:8)]");
}

TEST(Reshape, AnUnknownTargetGetsTheRest) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x, int64[1] n) => (float[M, N, 32] y) {
    size = Constant <value = int64[1] {32}> ()
    target = Concat <axis = 0> (n, size)
    y = Reshape (x, target)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B S) (x.2)]");
  EXPECT_EQ(facts.assumptions(), "") << "the other size follows from the total";
}

TEST(Reshape, SizesThatMustAgreeInOrderAreAnAssumption) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x, float[M, N] like) => (float[M, N, 32] y) {
    rows = Shape (like)
    size = Constant <value = int64[1] {32}> ()
    target = Concat <axis = 0> (rows, size)
    y = Reshape (x, target)
    z = Add (like, like)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (x.2)]");
  EXPECT_EQ(facts.assumptions(), "M = B, N = S");
  EXPECT_EQ(facts.shape("z"), "B,S") << "from then on they are the same";
}

TEST(Reshape, SizesThatCertainlyDifferAreNeverPaired) {
  const AnalysedGraph facts(R"(g (float[B, 9, 8] x) => (float[B, 8, 9] y)
    <int64[3] target = {-1, 8, 9}> {
    y = Reshape (x, target)
  })");
  EXPECT_EQ(facts.shape("y"), "B,8,9");
  EXPECT_NE(facts.layout("y"), "[(B) (x.1) (x.2)]");
  EXPECT_NE(facts.losses(), "");
}

TEST(Reshape, SizesThatAlreadyAgreeInAnotherOrderMixTheAxes) {
  const AnalysedGraph facts(
      R"(g (float[B, S, 8] x) => (float[S, B, 8] y) <int64[3] order = {1, 0, 2}> {
    sizes = Shape (x)
    target = Gather (sizes, order)
    y = Reshape (x, target)
  })");
  EXPECT_EQ(facts.shape("y"), "S,B,8");
  EXPECT_EQ(facts.layout("y"), "[(reshape:y) (reshape:y) (x.2)]");
  EXPECT_EQ(facts.assumptions(), "") << "B need not be S";
}

TEST(Reshape, IntoChunksTakesTheLengthToBeAMultiple) {
  const AnalysedGraph facts(R"(g (float[B, S, 8] x) => (float[B, S, 8] z)
    <int64[1] one = {1}, int64[1] zero = {0}, int64[1] four = {4}, int64[1] eight = {8}> {
    sizes = Shape (x)
    b = Gather (sizes, zero)
    s = Gather (sizes, one)
    chunks = Div (s, four)
    target = Concat <axis = 0> (b, chunks, four, eight)
    y = Reshape (x, target)
    back = Concat <axis = 0> (b, s, eight)
    z = Reshape (y, back)
    u = Add (x, z)
  })");
  EXPECT_EQ(facts.assumptions(), "S = 4*(S)//(4)");
  EXPECT_EQ(facts.shape("x"), facts.shape("z"));
}

TEST(Reshape, AZeroCopiesUnlessItMeansZero) {
  const AnalysedGraph facts(R"(g (float[B, 0, 4] x) => (float[0, B] y)
    <int64[2] target = {0, 0}> {
    y = Reshape <allowzero = 1> (x, target)
  })");
  EXPECT_EQ(facts.shape("y"), "0,0");
}

TEST(Squeeze, WithoutAxesDropsWhatIsOne) {
  const AnalysedGraph facts(R"(g (float[B, 1, S, 1] x) => (float[B, S] y) { y = Squeeze (x) })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S)]");
}

TEST(Squeeze, OfASymbolTakesItToBeOne) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (float[S] y) <int64[1] axes = {0}> {
    y = Squeeze (x, axes)
    z = Relu (x)
  })");
  EXPECT_EQ(facts.layout("y"), "[(S)]");
  EXPECT_EQ(facts.assumptions(), "B = 1");
  EXPECT_EQ(facts.layout("z"), "[() (S)]");
}

TEST(Unsqueeze, PutsDimensionsOfSizeOneAnywhere) {
  const AnalysedGraph facts(
      R"(g (float[B, S] x) => (float[B, 1, 1, S] y) <int64[2] axes = {-2, 1}> {
    y = Unsqueeze (x, axes)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) () () (S)]");
}

TEST(Flatten, JoinsBothSidesOfItsAxis) {
  const AnalysedGraph facts(
      R"(g (float[B, S, 4] x) => (float[M, 4] y) { y = Flatten <axis = -1> (x) })");
  EXPECT_EQ(facts.layout("y"), "[(B S) (x.2)]");
}

TEST(Cast, KeepsLayoutAndSymbols) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (int64[2] d) {
    a = Shape (x)
    b = Cast <to = 1> (a)
    c = Neg (b)
    d = Cast <to = 7> (c)
  })");
  EXPECT_EQ(facts.content("d"), "-B,-S");
  EXPECT_EQ(facts.analysis().dtype(facts.value("b")), DataType::float32);
}

}  // namespace
}  // namespace ortopt
