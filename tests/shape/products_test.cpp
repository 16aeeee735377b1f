#include <gtest/gtest.h>

#include <string>

#include "tests/shape/analysed_graph.h"

namespace ortopt {
namespace {

constexpr const char* attention = R"(
  g (float[B, S, 32] x, float[B, 1, 1, S] mask) => (float[B, S, 32] y)
  <weight[32, 32] wq, weight[32, 32] wk, weight[32, 32] wv, int64[4] split = {0, 0, 4, 8},
   int64[3] merge = {0, 0, 32}> {
    q = MatMul (x, wq)
    k = MatMul (x, wk)
    v = MatMul (x, wv)
    q4 = Reshape (q, split)
    k4 = Reshape (k, split)
    v4 = Reshape (v, split)
    qt = Transpose <perm = [0, 2, 1, 3]> (q4)
    kt = Transpose <perm = [0, 2, 3, 1]> (k4)
    vt = Transpose <perm = [0, 2, 1, 3]> (v4)
    s = MatMul (qt, kt)
    masked = Add (s, mask)
    p = Softmax <axis = -1> (masked)
    o = MatMul (p, vt)
    ot = Transpose <perm = [0, 2, 1, 3]> (o)
    y = Reshape (ot, merge)
  })";

TEST(MatMul, ByAConstantIsAProjectionWithFeaturesOfItsOwn) {
  const AnalysedGraph facts(attention);
  EXPECT_EQ(facts.layout("q"), "[(B) (S) (q)]");
  EXPECT_EQ(facts.layout("qt"), "[(B) (q/8:4) (S) (q:8)]");
  const Axis* axis = facts.analysis().layout(facts.value("q"))->dims[2][0].axis;
  EXPECT_EQ(axis->kind, AxisKind::projection);
  EXPECT_EQ(axis->node, facts.value("q").producer());
}

TEST(MatMul, OfTwoComputedValuesGivesScores) {
  const AnalysedGraph facts(attention);
  EXPECT_EQ(facts.layout("s"), "[(B) (q/8:4) (S) (S)]");
  EXPECT_EQ(facts.analysis().scores_of(facts.value("masked")), &facts.value("s"));
  EXPECT_TRUE(facts.analysis().carries_scores(facts.value("s")));
  EXPECT_EQ(facts.analysis().scores_of(facts.value("p")), nullptr);
  EXPECT_FALSE(facts.analysis().carries_scores(facts.value("q")));
}

TEST(MatMul, OfProbabilitiesAndValuesMakesOneAxisOfHeadsAndFeatures) {
  const AnalysedGraph facts(attention);
  EXPECT_EQ(facts.layout("o"), "[(B) (heads:o/8:4) (S) (heads:o:8)]");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (heads:o)]");
  EXPECT_TRUE(facts.analysis().layout(facts.value("y"))->dims[2][0].axis->is_heads);
  EXPECT_EQ(facts.assumptions(), "");
}

TEST(MatMul, OfBatchesMergedWithTheirHeadsMakesTheBatchesOne) {
  const AnalysedGraph facts(R"(
    g (float[B, 4, S, 8] q, float[C, 4, 8, T] k) => (float[N, S, T] y)
    <int64[3] q3 = {-1, 0, 8}, int64[1] four = {4}, int64[1] eight = {8}, int64[1] first = {0},
     int64[1] second = {2}, int64[1] last = {3}, int64[1] rest = {-1}> {
      sq = Shape (q)
      lq = Gather (sq, second)
      tq = Concat <axis = 0> (rest, lq, eight)
      a = Reshape (q, tq)
      sk = Shape (k)
      lk = Gather (sk, last)
      tk = Concat <axis = 0> (rest, eight, lk)
      b = Reshape (k, tk)
      y = MatMul (a, b)
    })");
  EXPECT_EQ(facts.assumptions(), "B = C");
}

TEST(Softmax, OfScoresThatAMaskMultipliesWalksTheAxesOfTheScores) {
  const AnalysedGraph facts(R"(
    g (float[M, 1, 1, T] mask, float[B, 4, S, 8] q, float[B, 4, 8, S] k) => (float[B, 4, S, S] y) {
      s = MatMul (q, k)
      masked = Mul (mask, s)
      y = Softmax (masked)
    })");
  EXPECT_EQ(facts.layout("y"), facts.layout("s"));
}

TEST(MatMul, OfASoftmaxInPiecesAndValuesMakesTheSame) {
  std::string in_pieces = attention;
  const std::string softmax = "p = Softmax <axis = -1> (masked)";
  in_pieces.replace(in_pieces.find(softmax), softmax.size(),
                    "e = Exp (masked) t = ReduceSum <keepdims = 1> (e) p = Div (e, t)");
  EXPECT_EQ(AnalysedGraph(in_pieces).layout("o"), "[(B) (heads:o/8:4) (S) (heads:o:8)]");
}

TEST(MatMul, OfValuesAndTransposedProbabilitiesIsTheSameTurnedRound) {
  const AnalysedGraph facts(R"(g (float[B, S, 8] x, float[B, S, S] s) => (float[B, 8, S] o)
    <weight[8, 8] w> {
    v = MatMul (x, w)
    vt = Transpose <perm = [0, 2, 1]> (v)
    p = Softmax <axis = 1> (s)
    o = MatMul (vt, p)
  })");
  EXPECT_EQ(facts.layout("o"), "[(B) (heads:o) (S)]");
}

TEST(MatMul, AVectorHasOneDimensionLess) {
  const AnalysedGraph facts(R"(g (float[B, S, 8] x, float[8] u) => (float[B, S] y, float[] z)
    <weight[8] w> {
    y = MatMul (x, w)
    z = MatMul (u, u)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S)]");
  EXPECT_EQ(facts.layout("z"), "[]");
}

TEST(MatMul, ContractsOnlyWhatIsEqual) {
  const AnalysedGraph facts(
      R"(g (float[B, K] x, float[M, N] y) => (float[B, N] z) { z = MatMul (x, y) })");
  EXPECT_EQ(facts.assumptions(), "K = M");
}

TEST(Gemm, ReadsTransposedWeights) {
  const AnalysedGraph facts(
      R"(g (float[B, 8] x) => (float[B, 16] y) <weight[16, 8] w, weight[16] b> {
    y = Gemm <transB = 1> (x, w, b)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (y)]");
  EXPECT_EQ(facts.shape("y"), "B,16");
}

TEST(Einsum, FreeLettersOfAWeightAreDigitsOfOneAxis) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x) => (float[B, S, 4, 8] y) <weight[32, 4, 8] w> {
    y = Einsum <equation = "abc,cde->abde"> (x, w)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (y/8:4) (y:8)]");
}

TEST(Einsum, GivesScoresAndTakesProbabilities) {
  const AnalysedGraph facts(R"(g (float[B, S, 4, 8] q, float[B, S, 4, 8] k) => (float[B, S, 4, 8] o)
    <weight[8, 8] w> {
    v = MatMul (k, w)
    s = Einsum <equation = "BTNH, BFNH -> BNFT"> (k, q)
    p = Softmax <axis = -1> (s)
    o = Einsum <equation = "BNFT, BTNH -> BFNH"> (p, v)
  })");
  EXPECT_EQ(facts.analysis().scores_of(facts.value("s")), &facts.value("s"));
  EXPECT_EQ(facts.layout("s"), "[(B) (k.2) (S) (S)]");
  EXPECT_EQ(facts.layout("o"), "[(B) (S) (k.2) (heads:o)]");
}

TEST(Einsum, AnEllipsisStandsForLeadingDimensions) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x) => (float[B, S, 16] y) <weight[32, 16] w> {
    y = Einsum <equation = "...i,ij->...j"> (x, w)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (y)]");
}

TEST(Conv, MakesPatchesOfAnImage) {
  const AnalysedGraph facts(
      R"(g (float[B, 3, 32, W] x) => (float[B, 16, 8, V] y) <weight[16, 3, 4, 4] w> {
    y = Conv <strides = [4, 4]> (x, w)
  })");
  EXPECT_EQ(facts.shape("y"), "B,16,8,(W-4)//4+1");
}

/// Two convolutions over a length, which the graph also computes by itself: `first` and `second` are
/// the quotients that the second length is one more than.
std::string with_length(const std::string& before, const std::string& behind) {
  return R"(g (float[B, 1, L] x) => (float[] a, float[] z)
    <weight[2, 1, 10] v, weight[3, 2, 5] w, int64 one = {1}, int64 two = {2}, int64 four = {4},
     int64 five = {5}, int64 six = {6}, int64 ten = {10}, int64 twenty = {20}, int64[1] flat = {-1},
     int64[1] rest = {-1}> {
    shape = Shape <start = 2> (x)
    whole = Squeeze (shape)
    )" + before +
         R"(
    c = Conv <strides = [5]> (x, v)
    a = Conv <strides = [4]> (c, w)
    )" + behind +
         R"(
    length = Add (third, one)
    size = Reshape (length, flat)
    target = Concat <axis = 0> (rest, size)
    z = Reshape (a, target)
  })";
}

constexpr auto in_steps = R"(first = Div (whole, five)
    second = Sub (first, six)
    third = Div (second, four))";

TEST(Conv, MakesTheLengthThatTheGraphComputesByItselfBefore) {
  const AnalysedGraph facts(with_length(in_steps, ""));
  EXPECT_EQ(facts.layout("z"), "[(B a) (space0:a)]");
  EXPECT_EQ(facts.assumptions(), "");
}

TEST(Conv, MakesTheLengthThatTheGraphComputesByItselfBehind) {
  const AnalysedGraph facts(with_length("", in_steps));
  EXPECT_EQ(facts.layout("z"), "[(B a) (space0:a)]");
}

TEST(Conv, TwiceDividesByBothStridesAtOnce) {
  // ((L - 10) // 5 + 1 - 5) // 4 = (L - 30) // 20
  const AnalysedGraph facts(with_length("", R"(less = Sub (whole, ten)
    second = Add (less, twenty)
    third_up = Div (second, twenty)
    third = Sub (third_up, two))"));
  EXPECT_EQ(facts.layout("z"), "[(B a) (space0:a)]");
}

TEST(Conv, HasAnotherLengthThanTheQuotientOfAnotherNumber) {
  const AnalysedGraph facts(with_length("", R"(first = Div (whole, five)
    second = Sub (first, five)
    third = Div (second, four))"));
  EXPECT_NE(facts.layout("z"), "[(B a) (space0:a)]");
}

TEST(Conv, InBlocksOfTheRuntimeComesBackAsAnImage) {
  const AnalysedGraph facts(
      R"(<ir_version: 8, opset_import: ["" : 17, "com.microsoft.nchwc" : 1]>
    g (float[B, 3, 32, 32] x) => (float[] y, float[] z) <weight[16, 3, 4, 4] w> {
    blocks = com.microsoft.nchwc.Conv <strides = [4, 4]> (x, w)
    y = com.microsoft.nchwc.ReorderOutput <channels = 16> (blocks)
    z = com.microsoft.nchwc.ReorderOutput <channels = 12, channels_last = 1> (blocks)
  })");
  EXPECT_EQ(facts.shape("y"), "B,16,8,8");
  EXPECT_EQ(facts.shape("z"), "B,8,8,12");
}

TEST(Softmax, InPiecesIsRecognised) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (float[B, S] y) {
    e = Exp (x)
    t = ReduceSum <keepdims = 1> (e)
    y = Div (e, t)
    z = Div (t, e)
  })");
  EXPECT_EQ(facts.analysis().softmax_numerator(*facts.value("y").producer()), &facts.value("e"));
  EXPECT_EQ(facts.analysis().softmax_numerator(*facts.value("z").producer()), nullptr);
}

TEST(Scores, OfSeveralProductsAreCarriedWithoutAName) {
  const AnalysedGraph facts(R"(g (float[B, S, 8] a, float[B, 8, S] b) => (float[B, S, S] z) {
    x = MatMul (a, b)
    y = MatMul (a, b)
    z = Add (x, y)
  })");
  EXPECT_EQ(facts.analysis().scores_of(facts.value("z")), nullptr);
  EXPECT_TRUE(facts.analysis().carries_scores(facts.value("z")));
}

TEST(ContribAttention, GivesHeadsOfItsOwn) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x) => (float[B, S, 32] y)
    <weight[32, 96] w, weight[96] bias> {
    y, present = com.microsoft.Attention <num_heads = 4> (x, w, bias)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (heads:y)]");
  EXPECT_EQ(facts.shape("present"), "2,B,4,?present.3,8");
}

TEST(ContribNorms, KeepTheLayoutOfTheirInputInBothOutputs) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x, float[B, S, 32] r) => (float[B, S, 32] y)
    <weight[32] gamma, weight[32] beta> {
    y, mean, deviation, sum = com.microsoft.SkipLayerNormalization (x, r, gamma, beta)
    z = com.microsoft.Gelu (sum)
  })");
  EXPECT_EQ(facts.layout("y"), "[(B) (S) (x.2)]");
  EXPECT_EQ(facts.layout("z"), "[(B) (S) (x.2)]");
  EXPECT_EQ(facts.analysis().dtype(facts.value("sum")), DataType::float32);
}

}  // namespace
}  // namespace ortopt
