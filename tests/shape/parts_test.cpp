#include <gtest/gtest.h>

#include "tests/shape/analysed_graph.h"

namespace ortopt {
namespace {

Dim offset(const AnalysedGraph& facts, std::string_view name) {
  const Layout& layout = *facts.analysis().layout(facts.value(name));
  return layout.offsets.empty() ? Dim(0) : layout.offsets.begin()->second;
}

TEST(Split, KeepsTheAxisAndSaysWhereEachPartStarts) {
  const AnalysedGraph facts(R"(g (float[B, S, 8] x) => (float[B, S, 8] q)
    <weight[8, 24] w, int64[3] sizes = {8, 8, 8}> {
    y = MatMul (x, w)
    q, k, v = Split <axis = -1> (y, sizes)
  })");
  EXPECT_EQ(facts.layout("k"), "[(B) (S) (y:8)]");
  EXPECT_EQ(offset(facts, "q"), 0);
  EXPECT_EQ(offset(facts, "k"), 8);
  EXPECT_EQ(offset(facts, "v"), 16);
}

TEST(Split, WithoutSizesIsEven) {
  const AnalysedGraph facts(R"(g (float[B, 24] x) => (float[B, 8] q) {
    q, k, v = Split <axis = 1> (x)
  })");
  EXPECT_EQ(facts.shape("v"), "B,8");
  EXPECT_EQ(offset(facts, "v"), 16);
}

TEST(Slice, OfAPartAddsToItsOffset) {
  const AnalysedGraph facts(R"(g (float[B, 32] x) => (float[B, 4] z)
    <int64[1] one = {1}, int64[1] four = {4}, int64[1] eight = {8}, int64[1] end = {2147483647},
     int64[1] step = {2}> {
    y = Slice (x, eight, end, one)
    z = Slice (y, four, end, one, step)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (x.1:24)]");
  EXPECT_EQ(facts.layout("z"), "[(B) (x.1/2:10)]");
  EXPECT_EQ(offset(facts, "z"), 12);
}

TEST(Slice, CountsFromTheEnd) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (float[B, N] y)
    <int64[1] one = {1}, int64[1] zero = {0}, int64[1] last = {-1}, int64[1] end = {9223372036854775807}> {
    y = Slice (x, zero, last, one)
    z = Slice (x, last, end, one)
  })");
  EXPECT_EQ(facts.shape("y"), "B,S-1");
  EXPECT_EQ(facts.shape("z"), "B,1");
  EXPECT_EQ(facts.assumptions(), "");
}

TEST(Slice, UpToASizeOfATableAssumesThatTheTableIsLongEnough) {
  const AnalysedGraph facts(R"(g (int64[B, S] ids) => (int64[1, N] y)
    <int64[1, 6] positions = {0, 1, 2, 3, 4, 5}, int64[1] one = {1}, int64[1] two = {2},
     int64[1] zero = {0}> {
    sizes = Shape (ids)
    length = Slice (sizes, one, two, zero)
    y = Slice (positions, zero, length, one)
  })");
  EXPECT_EQ(facts.shape("y"), "1,S");
  EXPECT_EQ(facts.assumptions(), "S <= 6");
}

TEST(Slice, BeyondASizeThatIsNotKnownIsClampedAndNotAssumed) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (float[B, N] y)
    <int64[1] one = {1}, int64[1] zero = {0}, int64[1] window = {16}, int64[1] back = {-16},
     int64[1] end = {2147483647}> {
    y = Slice (x, zero, window, one)
    z = Slice (x, back, end, one)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S:(min 16,S))]");
  EXPECT_EQ(facts.shape("z"), "B,(-(max S-16,0)+S)");
  EXPECT_EQ(facts.assumptions(), "") << "the model works for every length";
}

TEST(Slice, OfADimensionOfSeveralAxesLosesThemUnlessItTakesAll) {
  const AnalysedGraph facts(R"(g (float[B, 4, 8] x) => (float[M, 8] z)
    <int64[1] zero = {0}, int64[1] end = {1000000000}, int64[1] two = {2}> {
    y = Flatten <axis = 2> (x)
    z = Slice (y, zero, end, zero)
    part = Slice (y, zero, two, zero)
  })");
  EXPECT_EQ(facts.layout("z"), "[(B x.1) (x.2)]");
  EXPECT_EQ(facts.layout("part"), "[(slice:part) (x.2)]");
}

TEST(Slice, BackwardsKeepsTheSizeOnly) {
  const AnalysedGraph facts(R"(g (float[B, 4] x) => (float[B, 4] y)
    <int64[1] one = {1}, int64[1] last = {-1}, int64[1] before = {-9223372036854775807}> {
    y = Slice (x, last, before, one, last)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (slice:y)]");
}

TEST(Gather, OfOneIndexIsASliceWithoutTheDimension) {
  const AnalysedGraph facts(R"(g (float[B, S, 3, 4, 8] x) => (float[B, S, 4, 8] y)
    <int64 two = {2}, int64 last = {-1}> {
    y = Gather <axis = 2> (x, two)
    z = Gather <axis = 2> (x, last)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (x.3) (x.4)]");
  EXPECT_EQ(offset(facts, "y"), 2);
  EXPECT_EQ(offset(facts, "z"), 2);
}

TEST(Gather, FromATableGivesItFeaturesOfItsOwn) {
  const AnalysedGraph facts(R"(g (int64[B, S] ids) => (float[B, S, 4] y) <weight[10, 4] table> {
    y = Gather (table, ids)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (features:y)]");
  EXPECT_EQ(facts.analysis().layout(facts.value("y"))->dims[2][0].axis->kind, AxisKind::input);
}

TEST(Packing, AnyOrderOfOneProjectionIsKnownByItsStrides) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x) => (float[B, 4, S, 8] k)
    <weight[32, 96] w, int64[5] split = {0, 0, 3, 4, 8}, int64 one = {1}> {
    packed = MatMul (x, w)
    parts = Reshape (packed, split)
    moved = Transpose <perm = [2, 0, 3, 1, 4]> (parts)
    k = Gather <axis = 0> (moved, one)
  })");
  EXPECT_EQ(facts.layout("k"), "[(B) (packed/8:4) (S) (packed:8)]");
  EXPECT_EQ(offset(facts, "k"), 32);
}

TEST(Concat, OfTwoHalvesOfAProjectionKeepsItsAxis) {
  const AnalysedGraph facts(R"(g (float[B, 8] x) => (float[B, 8] z)
    <weight[8, 8] w> {
    y = MatMul (x, w)
    low, high = Split <axis = 1> (y)
    negative = Neg (high)
    z = Concat <axis = 1> (negative, low)
  })");
  EXPECT_EQ(facts.layout("z"), "[(B) (y)]");
  EXPECT_EQ(offset(facts, "z"), 0);
}

TEST(Concat, AddsSizesOfPastAndPresent) {
  const AnalysedGraph facts(R"(g (float[B, P, 8] past, float[B, S, 8] x) => (float[B, T, 8] y) {
    y = Concat <axis = 1> (past, x)
  })");
  EXPECT_EQ(facts.shape("y"), "B,P+S,8");
}

TEST(Concat, OfACacheOfAnotherBatchWalksTheBatchOfWhatIsNew) {
  const AnalysedGraph facts(R"(
    g (float[P, N, 8] past, float[B, S, 8] x) => (float[B, T, 8] y) {
      y = Concat <axis = 1> (past, x)
    })");
  EXPECT_EQ(facts.assumptions(), "B = P");
  EXPECT_EQ(facts.analysis().layout(facts.value("y"))->dims[0],
            facts.analysis().layout(facts.value("x"))->dims[0]);
}

TEST(Concat, OfAValueWithItselfIsACopy) {
  const AnalysedGraph facts(R"(g (float[B, 1, 8] x) => (float[B, 2, 8] y) {
    y = Concat <axis = 1> (x, x)
  })");
  EXPECT_TRUE(facts.analysis().layout(facts.value("y"))->dims[1][0].axis->is_copy);
}

TEST(Expand, MakesCopiesOfWhatIsOne) {
  const AnalysedGraph facts(R"(g (float[B, 1, S, 8] x) => (float[B, 4, S, 8] y)
    <int64[4] target = {1, 4, 1, 1}> {
    y = Expand (x, target)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (copy:y) (S) (x.3)]");
  EXPECT_TRUE(facts.analysis().layout(facts.value("y"))->dims[1][0].axis->is_copy);
}

TEST(Tile, PutsTheCopiesOutside) {
  const AnalysedGraph facts(R"(g (float[B, 4] x) => (float[B, 8] y) <int64[2] times = {1, 2}> {
    y = Tile (x, times)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (copy:y x.1)]");
}

TEST(Sequences, OfASplitAreTakenApartAgain) {
  const AnalysedGraph facts(R"(g (float[B, 24] x) => (float[B, 8] y)
    <int64 eight = {8}, int64 one = {1}> {
    parts = SplitToSequence <axis = 1> (x, eight)
    y = SequenceAt (parts, one)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (x.1:8)]");
  EXPECT_EQ(offset(facts, "y"), 8);
  EXPECT_EQ(facts.analysis().dtype(facts.value("y")), DataType::float32);
}

TEST(Elementwise, TheBetterAxisNamesADimensionAndBringsItsOffset) {
  const AnalysedGraph facts(R"(g (float[1, S, 4] x, float[B, 1, 4] y) => (float[B, S, 4] z)
    <weight[4, 8] w, weight[1, 4] c> {
    p = MatMul (x, w)
    low, high = Split <axis = -1> (p)
    sum = Add (c, high)
    z = Add (y, sum)
  })");
  EXPECT_EQ(facts.layout("z"), "[(B) (S) (p:4)]");
  EXPECT_EQ(offset(facts, "z"), 4);
}

TEST(Elementwise, SymbolsThatMeetAreAssumedToBeEqual) {
  const AnalysedGraph facts(R"(g (float[B, S] x, float[unk__1, unk__2] y) => (float[B, S] z) {
    z = Add (y, x)
    u = Relu (y)
  })");
  EXPECT_EQ(facts.assumptions(), "unk__1 = B, unk__2 = S");
  EXPECT_EQ(facts.shape("u"), "B,S");
}

TEST(Elementwise, ASymbolThatMeetsANumberMayStillBeOne) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (float[B, 4] z) <weight[4] w> {
    z = Add (x, w)
    u = Relu (x)
  })");
  EXPECT_EQ(facts.assumptions(), "S = 4");
  EXPECT_EQ(facts.shape("u"), "B,S") << "S is 4 or 1; nothing is folded by that";
}

TEST(Reduce, LeavesOutWhatItReduces) {
  const AnalysedGraph facts(R"(g (float[B, S, 4] x) => (float[B, S] y) <int64[1] axes = {-1}> {
    y = ReduceMean <keepdims = 0, axes = [-1]> (x)
    z = ReduceSum <keepdims = 1> (x, axes)
    all = ReduceSum (x)
    most = ArgMax <axis = 1, keepdims = 0> (x)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S)]");
  EXPECT_EQ(facts.layout("z"), "[(B) (S) ()]");
  EXPECT_EQ(facts.layout("all"), "[() () ()]");
  EXPECT_EQ(facts.layout("most"), "[(B) (x.2)]");
  EXPECT_EQ(facts.analysis().dtype(facts.value("most")), DataType::int64);
}

}  // namespace
}  // namespace ortopt
