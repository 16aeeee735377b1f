#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tests/shape/analysed_graph.h"

namespace ortopt {
namespace {

TEST(ShapeValues, ArithmeticOnSizesStaysSymbolic) {
  const AnalysedGraph facts(R"(g (float[B, S, 32] x) => (int64[1] y)
    <int64 zero = {0}, int64 one = {1}, int64[1] first = {0}, int64[1] four = {4}> {
    sizes = Shape (x)
    b = Gather (sizes, zero)
    s = Gather (sizes, one)
    bs = Mul (b, s)
    sum = Add (bs, one)
    rows = Unsqueeze (sum, first)
    half = Div (s, four)
    y = Concat <axis = 0> (rows, half, four)
    count = Size (x)
    product = ReduceProd <keepdims = 0> (sizes)
  })");
  EXPECT_EQ(facts.content("y"), "B*S+1,(S)//(4),4");
  EXPECT_EQ(facts.content("count"), "32*B*S");
  EXPECT_EQ(facts.content("product"), "32*B*S");
}

TEST(ShapeValues, TheSmallestNumberIsDividedByMinusOneWithoutATrap) {
  const AnalysedGraph facts(R"(g () => (int64 y)
    <int64 smallest = {-9223372036854775808}, int64 minus = {-1}> {
    y = Mod (smallest, minus)
    z = Div (smallest, minus)
  })");
  EXPECT_EQ(facts.content("y"), "0");
}

/// Shape, and then `step` over and over, each time of the result before.
std::string chain(const std::string& step, int length) {
  std::string text = "g (float[B] x) => (int64[1] y) <int64[1] one = {1}, int64[1] three = {3}> {";
  text += "r0 = Shape (x)\n";
  for (int k = 0; k < length; ++k)
    text += std::regex_replace(std::regex_replace(step, std::regex("IN"), "r" + std::to_string(k)),
                               std::regex("OUT"), "r" + std::to_string(k + 1)) +
            "\n";
  return text + "y = Identity (r" + std::to_string(length) + ")\n}";
}

TEST(ShapeValues, ExpressionsThatDoubleWithEachStepStaySmall) {
  for (const std::string step :
       {"OUT = Mul (IN, IN)", "hOUT = Div (IN, three)\nOUT = Add (hOUT, IN)"}) {
    const AnalysedGraph facts(chain(step, 100));
    EXPECT_LT(facts.content("y").size(), 20'000U) << step;
  }
}

TEST(ShapeValues, PartialKnowledgeIsPerElement) {
  const AnalysedGraph facts(R"(g (float[B, S] x, int64[1] n) => (int64[2] y)
    <int64 zero = {0}, int64[1] axis = {0}> {
    sizes = Shape (x)
    b = Gather (sizes, zero)
    rows = Unsqueeze (b, axis)
    y = Concat <axis = 0> (rows, n)
  })");
  EXPECT_EQ(facts.content("y"), "B,?");
  EXPECT_FALSE(facts.analysis().dims_of(facts.value("y")));
}

TEST(ShapeValues, ASizeIsNeverMinusOne) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (int64[2] y)
    <int64[2] given = {-1, 7}, int64[1] two = {2}, int64[1] minus = {-1}> {
    sizes = Shape (x)
    ones = ConstantOfShape <value = int64[1] {1}> (two)
    absent = Equal (sizes, minus)
    y = Where (absent, ones, sizes)
    is_absent = Equal (given, minus)
    z = Where (is_absent, sizes, given)
  })");
  EXPECT_EQ(facts.content("y"), "B,S") << "what PyTorch writes around Expand";
  EXPECT_EQ(facts.content("z"), "B,7");
}

TEST(ShapeValues, SurviveFloatingClothes) {
  const AnalysedGraph facts(R"(g (float[B, S, 64] x) => (float y)
    <int64 two = {2}, float low = {-1e9}, float quarter = {0.25}> {
    sizes = Shape (x)
    cast = Cast <to = 1> (sizes)
    most = Max (cast, low)
    d = Gather (most, two)
    y = Sqrt (d)
    scaled = Mul (cast, quarter)
    back = Cast <to = 7> (most)
  })");
  EXPECT_EQ(facts.content("most"), "B,S,64.000000");
  EXPECT_EQ(facts.analysis().scalar(facts.value("y")), 8);
  EXPECT_EQ(facts.content("scaled"), "?,?,16.000000") << "a quarter of a size is no size";
  EXPECT_EQ(facts.content("back"), "B,S,64");
}

TEST(ShapeValues, ARangeOverASizeHasThatSize) {
  const AnalysedGraph facts(R"(g (float[B, S] x, float[B, P] past) => (int64[N] y)
    <int64 zero = {0}, int64 one = {1}> {
    a = Shape (x)
    s = Gather (a, one)
    b = Shape (past)
    p = Gather (b, one)
    total = Add (p, s)
    y = Range (zero, s, one)
    z = Range (p, total, one)
  })");
  EXPECT_EQ(facts.shape("y"), "S");
  EXPECT_EQ(facts.shape("z"), "S");
  EXPECT_EQ(facts.assumptions(), "");
}

TEST(ShapeValues, ComparisonsAreToldFromSigns) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (bool[2] y)
    <int64 zero = {0}, int64 five = {5}> {
    sizes = Shape (x)
    y = Greater (sizes, zero)
    z = Less (sizes, five)
    n = Not (y)
    a = And (n, z)
  })");
  EXPECT_EQ(facts.content("y"), "1,1");
  EXPECT_EQ(facts.content("z"), "unknown");
  EXPECT_EQ(facts.content("n"), "0,0");
}

TEST(Scalar, IsReadFromSplatsOfAnyRankAndFromShapes) {
  const AnalysedGraph facts(R"(g (float[B, 8] x) => (float[B, 8] y)
    <float[1, 1, 1] half = {0.5}, float16[2] two = {16384, 16384}, int64 one = {1}> {
    y = Mul (x, half)
    sizes = Shape (x)
    eight = Gather (sizes, one)
  })");
  EXPECT_EQ(facts.analysis().scalar(facts.value("half")), 0.5);
  EXPECT_EQ(facts.analysis().scalar(facts.value("two")), 2.0);
  EXPECT_EQ(facts.analysis().scalar(facts.value("eight")), 8);
  EXPECT_FALSE(facts.analysis().scalar(facts.value("x")));
}

TEST(Constants, AreComputedFromConstants) {
  const AnalysedGraph facts(R"(g (float[2, 3] x) => (int64[3] y)
    <int64[3] a = {1, 2, 3}, int64 two = {2}, weight[4, 6] w, int64[2] target = {6, 4}> {
    y = Mul (a, two)
    reshaped = Reshape (w, target)
    t = Transpose (reshaped)
    sizes = Shape (x)
    filled = ConstantOfShape (sizes)
  })");
  EXPECT_EQ(facts.content("y"), "2,4,6");
  EXPECT_TRUE(facts.analysis().is_constant(facts.value("t")));
  EXPECT_EQ(facts.analysis().constant(facts.value("t"))->dims(), (std::vector<int64_t>{4, 6}));
  EXPECT_TRUE(facts.analysis().is_constant(facts.value("sizes"))) << "a static shape";
  EXPECT_TRUE(facts.analysis().is_constant(facts.value("filled")));
  EXPECT_FALSE(facts.analysis().is_constant(facts.value("x")));
}

TEST(Inference, FromTheSchemaKeepsPolynomialsAsNames) {
  const AnalysedGraph facts(R"(g (float[B, P, 4, 4] a, float[B, S, 4, 4] b) => (float[B, T] y)
    <int64[1] k = {2}> {
    c = Concat <axis = 1> (a, b)
    y = Det (c)
    values, indices = TopK <axis = -1> (c, k)
  })");
  EXPECT_EQ(facts.shape("y"), "B,P+S");
  EXPECT_EQ(facts.shape("indices"), "B,P+S,4,2");
  EXPECT_EQ(facts.analysis().dtype(facts.value("indices")), DataType::int64);
}

TEST(Inference, AnUnknownOperatorLosesItsOutputsOnly) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (float[B, S] y) {
    u, v = some.domain.Mystery (x)
    y = Relu (x)
    z = Add (u, y)
  })");
  EXPECT_EQ(facts.shape("u"), "unknown");
  EXPECT_EQ(facts.shape("y"), "B,S");
  EXPECT_EQ(facts.shape("z"), "unknown");
  EXPECT_NE(facts.losses(), "");
}

TEST(Inference, ANodeThatBreaksItsSchemaIsNotAsked) {
  const AnalysedGraph facts(R"(g (float[B, S] x) => (float[B, S] y) {
    u = TopK (x)
    v = MaxPool <kernel_shape = [2, 2], strides = [0, 0]> (x)
    w = SplitToSequence (x, zero)
    zero = Constant <value = int64 {0}> ()
    y = Relu (x)
  })");
  EXPECT_EQ(facts.shape("u"), "unknown");
  EXPECT_EQ(facts.shape("v"), "unknown");
  EXPECT_EQ(facts.shape("y"), "B,S");
}

TEST(NestedGraphs, SeeOuterLayouts) {
  const AnalysedGraph facts(R"(g (float[B, S] x, bool c) => (float[B, S] y) {
    y = If (c) <then_branch = t () => (float[B, S] a) { a = Relu (x) },
                else_branch = e () => (float[B, S] b) { b = Neg (x) }>
  })");
  EXPECT_EQ(facts.layout("a"), "[(B) (S)]");
  EXPECT_EQ(facts.layout("y"), "[(B) (S)]");
  EXPECT_EQ(facts.analysis().dtype(facts.value("y")), DataType::float32);
}

TEST(NestedGraphs, BranchesOfDifferentRankLeaveItOpenUnlessTheConditionIsKnown) {
  const AnalysedGraph facts(R"(g (float[1, S] x, bool c) => (float[S] y)
    <int64[1] axis = {0}, int64 zero = {0}, int64 one = {1}> {
    y = If (c) <then_branch = t () => (float[S] a) { a = Squeeze (x, axis) },
                else_branch = e () => (float[1, S] b) { b = Identity (x) }>
    sizes = Shape (x)
    first = Gather (sizes, zero)
    is_one = Equal (first, one)
    z = If (is_one) <then_branch = t2 () => (float[S] a2) { a2 = Squeeze (x, axis) },
                     else_branch = e2 () => (float[1, S] b2) { b2 = Identity (x) }>
  })");
  EXPECT_EQ(facts.layout("y"), "unknown");
  EXPECT_EQ(facts.layout("z"), "[(S)]");
}

TEST(NestedGraphs, WhatALoopCarriesMayChangeItsSizes) {
  const AnalysedGraph facts(R"(g (float[B, S] x, int64 n, bool c) => (float[B, T] y) {
    y = Loop (n, c, x) <body = b (int64 i, bool go, float[B, U] carried)
                               => (bool again, float[B, V] grown) {
      again = Identity (go)
      grown = Concat <axis = 1> (carried, x)
    }>
  })");
  EXPECT_EQ(facts.layout("y"), "unknown");
  EXPECT_EQ(facts.analysis().dtype(facts.value("y")), DataType::float32);
}

TEST(Extend, NewNodesAndNewInitializersAreLearnt) {
  const AnalysedGraph facts(R"(g (float[B, S, 4] x) => (float[B, S, 4] y) { y = Relu (x) })");
  Graph& graph = facts.graph();
  Value& weight = graph.add_initializer("w", Tensor::of(DataType::float32, {4}, {{1, 2, 3, 4}}));
  Node& node = graph.insert({.op = "Mul", .inputs = {graph.find("y"), &weight}, .outputs = {"z"}});
  facts.analysis().extend(node);
  EXPECT_EQ(facts.layout("z"), "[(B) (S) (x.2)]");
  EXPECT_EQ(facts.shape("w"), "4");
}

TEST(Replaced, AValueJustMadeTakesOverTheAxesOfTheOldOne) {
  const AnalysedGraph facts(
      R"(g (float[B, S, 4] x) => (float[B, S, 4] z) <weight[4, 4] w, weight[4] b> {
    m = MatMul (x, w)
    y = Add (m, b)
    z = Relu (y)
  })");
  Graph& graph = facts.graph();
  Node& node = graph.insert({.domain = "com.microsoft",
                             .op = "FusedMatMul",
                             .inputs = {graph.find("x"), graph.find("w")},
                             .outputs = {"made"}},
                            graph.find("z")->producer());
  facts.analysis().extend(node);
  EXPECT_EQ(facts.layout("made"), "[(B) (S) (made)]");
  facts.analysis().replaced(facts.value("y"), facts.value("made"));
  EXPECT_EQ(facts.analysis().layout(facts.value("made"))->dims,
            facts.analysis().layout(facts.value("z"))->dims);
}

TEST(Replaced, ScoresAreThoseOfTheProductThatStandsThereNow) {
  const AnalysedGraph facts(
      R"(g (float[B, S, 4] x, float[B, 4, T] k, float[S, T] m) => (float[B, S, T] z) {
    y = com.microsoft.FusedMatMul (x, k)
    z = Add (y, m)
  })");
  Graph& graph = facts.graph();
  Node& node = graph.insert(
      {.op = "MatMul", .inputs = {graph.find("x"), graph.find("k")}, .outputs = {"made"}},
      graph.find("z")->producer());
  facts.analysis().extend(node);
  facts.analysis().replaced(facts.value("y"), facts.value("made"));
  EXPECT_EQ(facts.analysis().scores_of(facts.value("made")), &facts.value("made"));
  EXPECT_EQ(facts.analysis().scores_of(facts.value("z")), &facts.value("made"));
}

TEST(Replaced, TwoEqualValuesWalkOneAxisFromThenOn) {
  const AnalysedGraph facts(R"(g (float[B, S, 4] x) => (float[B, S, 4] z) <weight[4, 4] w> {
    a = MatMul (x, w)
    b = MatMul (x, w)
    y = Relu (a)
    z = Relu (b)
  })");
  EXPECT_NE(facts.layout("y"), facts.layout("z"));
  facts.analysis().replaced(facts.value("b"), facts.value("a"));
  EXPECT_EQ(facts.layout("y"), facts.layout("z"));
  const Axis* axis = facts.analysis().layout(facts.value("z"))->dims[2][0].axis;
  EXPECT_EQ(axis->node, facts.value("a").producer());
}

}  // namespace
}  // namespace ortopt
