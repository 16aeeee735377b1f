// What users of other converters reported, one test each: the result has to load, to compute the
// same, and to stay as it is when it is converted again. ORT is microsoft/onnxruntime, OCC is
// microsoft/onnxconverter-common.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/conversion_check.h"

namespace ortopt {
namespace {

using test_support::converts;
using test_support::converts_soundly;

/// Every way in which a signature may be treated, and each of `operators` kept in turn.
testing::AssertionResult converts_in_every_way(std::string_view graph,
                                               const std::vector<std::string>& operators = {}) {
  for (const bool keep_io_types : {true, false}) {
    std::vector<std::vector<std::string>> choices = {{}};
    for (const std::string& op : operators) choices.push_back({op});
    choices.push_back(operators);
    for (const std::vector<std::string>& keep : choices)
      if (auto sound = converts_soundly(graph, {.keep_io_types = keep_io_types, .keep = keep});
          !sound)
        return sound << "\nkeep_io_types " << keep_io_types << ", kept "
                     << testing::PrintToString(keep);
  }
  return testing::AssertionSuccess();
}

TEST(Report, OCC320CastToFloatChangesWithItsReaders) {
  EXPECT_TRUE(converts(R"(
    g (int64[B, 2] x, float[B, 2] z) => (float[B, 2] y) {
      a = Cast<to = 1>(x)
      b = Tanh(z)
      c = MatMul(b, b)
      y = Mul(c, b)
      unused = Mul(a, b)
    })",
                       R"(
    g (int64[B, 2] x, float[B, 2] z) => (float[B, 2] y) {
      half = Cast<to = 10>(z)
      b = Tanh(half)
      c = MatMul(b, b)
      d = Mul(c, b)
      y = Cast<to = 1>(d)
    })"));
  EXPECT_TRUE(converts_in_every_way(R"(
    g (int64[B, 2] x, float[B, 2] z) => (float[B, 2] y) { a = Cast<to = 1>(x)  y = Mul(a, z) })",
                                    {"Cast", "Mul"}));
}

TEST(Report, OCC331ACastInAnUntypedGraphIsTyped) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (double[B, 2] x, float[2, 2] w) => (float[B, 2] y) {
      a = Cast<to = 1>(x)
      b = MatMul(a, w)
      c = Cast<to = 11>(b)
      y = Cast<to = 1>(c)
    })",
                                    {"MatMul", "Cast"}));
}

TEST(Report, ORT25522ACastBetweenTwoConvertedOperators) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[1, 2, 4] x, int64[1] n) => (float[1, 2, 4] y) {
      len = Cast<to = 1>(n)
      a = Div(x, len)
      y = Relu(a)
    })",
                                    {"Div", "Relu"}));
}

TEST(Report, ORT2974CastNodesOfAnOldExporter) {
  EXPECT_TRUE(converts_in_every_way(R"(
    <ir_version: 4, opset_import: ["" : 10]>
    g (int64[1, 3] mask, float[1, 3] s) => (float[1, 3] y) <float one = {1}, float big = {-10000}> {
      m = Cast<to = 1>(mask)
      n = Sub(one, m)
      b = Mul(n, big)
      t = Add(s, b)
      y = Softmax<axis = 1>(t)
    })",
                                    {"Add", "Softmax"}));
}

TEST(Report, ORT20570RandomNormalLikeHasATypeAttribute) {
  // Random numbers cannot be compared: what they are multiplied with is 0.
  for (const char* op : {"RandomNormalLike", "RandomUniformLike"}) {
    const std::string with = std::string(R"(
      g (float[2, 2] x) => (float[2, 2] y) <float zero = {0}> {
        r = )") + op + R"(<dtype = 1>(x)
        z = Mul(r, zero)
        y = Add(x, z)
      })";
    EXPECT_TRUE(converts_in_every_way(with, {op, "Mul"})) << op;
    const std::string without = std::string(R"(
      g (float[2, 2] x) => (float[2, 2] y) <float zero = {0}> {
        r = )") + op + R"((x)
        z = Mul(r, zero)
        y = Add(x, z)
      })";
    EXPECT_TRUE(converts_in_every_way(without, {op, "Add"})) << op;
  }
}

TEST(Report, ORT20570OtherOperatorsWithATypeAttribute) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[3, 3] x) => (float[3, 3] y) { e = EyeLike<dtype = 1>(x)  y = Add(x, e) })",
                                    {"EyeLike", "Add"}));
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[3, 3] x) => (float[3, 3] y) { e = EyeLike(x)  y = Add(x, e) })",
                                    {"EyeLike", "Add"}));
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[2, 2] x) => (float[2, 2] y) <float zero = {0}> {
      r = RandomNormal<shape = [2, 2]>()
      z = Mul(r, zero)
      y = Add(x, z)
    })",
                                    {"RandomNormal", "Mul"}));
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[B, 2] x) => (float[B, 2] y) {
      s = Shape(x)
      f = ConstantOfShape<value = float[1] {2.5}>(s)
      z = ConstantOfShape(s)
      a = Add(f, z)
      y = Mul(x, a)
    })",
                                    {"ConstantOfShape", "Mul"}));
}

TEST(Report, OCC306ResizeScalesStayFloat32) {
  EXPECT_TRUE(converts(R"(
    g (float[1, 1, 2, 2] x) => (float[1, 1, 4, 4] y) <float[4] scales = {1, 1, 2, 2}> {
      a = Relu(x)
      b = Resize<mode = "nearest">(a, , scales)
      y = Relu(b)
    })",
                       R"(
    g (float[1, 1, 2, 2] x) => (float[1, 1, 4, 4] y) <float[4] scales = {1, 1, 2, 2}> {
      half = Cast<to = 10>(x)
      a = Relu(half)
      b = Resize<mode = "nearest">(a, , scales)
      c = Relu(b)
      y = Cast<to = 1>(c)
    })"));
}

TEST(Report, OCC207ResizeWithARegionAndComputedScales) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[1, 1, 2, 2] x) => (float[1, 1, H, W] y)
      <float[8] roi = {0, 0, 0, 0, 1, 1, 1, 1}, float[4] one = {1, 1, 1, 1}> {
      scales = Add(one, one)
      a = Relu(x)
      y = Resize<mode = "nearest", coordinate_transformation_mode = "tf_crop_and_resize">(a, roi, scales)
    })",
                                    {"Resize", "Relu"}));
}

TEST(Report, OCC208ResizeKeptByNameInOrder) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[1, 1, 2, 2] x) => (float[1, 1, 4, 4] y, float[1, 1, 4, 4] z)
      <float[4] scales = {1, 1, 2, 2}> {
      a = Relu(x)
      y = Resize<mode = "linear">(a, , scales)
      z = Neg(y)
    })",
                                    {"Resize", "Neg"}));
}

TEST(Report, ORT8327UpsampleScalesStayFloat32) {
  EXPECT_TRUE(converts_in_every_way(R"(
    <ir_version: 4, opset_import: ["" : 9]>
    g (float[1, 1, 2, 2] x) => (float[1, 1, 4, 4] y) <float[4] scales = {1, 1, 2, 2}> {
      a = Relu(x)
      y = Upsample<mode = "nearest">(a, scales)
    })",
                                    {"Upsample", "Relu"}));
}

TEST(Report, ORT14827AKeptOperatorReadsAConvertedConstant) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[2, 2] x) => (float[2, 2] y) <float[2, 2] w = {1, 2, 3, 4}> {
      a = MatMul(x, w)
      b = Erf(a)
      y = Add(b, w)
    })",
                                    {"MatMul", "Erf", "Add"}));
}

TEST(Report, WindowsMachineLearning275EveryInputOfAKeptOperatorGetsItsType) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[2, 3] x, float[2, 3] z) => (float[2, 3] y) <float[3] b = {1, 2, 3}> {
      p = Tanh(x)
      q = Tanh(z)
      s = Sum(p, q, b)
      y = Max(s, p, b)
    })",
                                    {"Sum", "Max", "Tanh"}));
}

TEST(Report, OCC304AWeightSharedByAKeptAndAConvertedReader) {
  EXPECT_TRUE(converts(R"(
    g (float[B, 2] x) => (float[B, 2] y) <float[2] w = {1, 2}> {
      a = Tanh(x)
      b = Mul(a, w)
      c = Erf(b)
      d = Pow(c, w)
      y = Tanh(d)
    })",
                       R"(
    g (float[B, 2] x) => (float[B, 2] y) <float16[2] h = {15360, 16384}, float[2] w = {1, 2}> {
      half = Cast<to = 10>(x)
      a = Tanh(half)
      b = Mul(a, h)
      c = Erf(b)
      full = Cast<to = 1>(c)
      d = Pow(full, w)
      e = Cast<to = 10>(d)
      f = Tanh(e)
      y = Cast<to = 1>(f)
    })",
                       {.keep = {"Pow"}}));
}

TEST(Report, ORT7981ALoopConverts) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[2] x) => (float[2] y, float[T, 2] all) <int64 n = {3}, bool go = {1}, float[2] w = {0.5, 0.25}> {
      y, all = Loop(n, go, x) <body = b (int64 i, bool c, float[2] s) => (bool d, float[2] t, float[2] u) {
        d = Identity(c)
        m = Mul(s, w)
        t = Tanh(m)
        u = Add(t, s)
      }>
    })",
                                    {"Mul", "Tanh"}));
}

TEST(Report, ORT20189AnIfWithCapturedValues) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) <float[2, 2] w = {1, 2, 3, 4}> {
      a = MatMul(x, w)
      y = If (c) <
        then_branch = t () => (float[2, 2] p) { p = MatMul(a, w) },
        else_branch = f () => (float[2, 2] q) { r = Neg(a)  q = Add(r, x) }>
    })",
                                    {"MatMul", "Neg", "If"}));
}

TEST(Report, ORT20189ABranchThatGivesAnOuterValueAtOnce) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y, float[2, 2] z) {
      a = Tanh(x)
      y = If (c) <
        then_branch = t () => (float[2, 2] p) { p = Identity(a) },
        else_branch = f () => (float[2, 2] q) { q = Neg(a) }>
      z = Neg(a)
    })",
                                    {"Tanh", "Neg"}));
}

TEST(Report, OCC291AScanWithWeightsOfTheOuterGraph) {
  EXPECT_TRUE(converts_in_every_way(R"(
    g (float[2] s, float[4, 2] xs) => (float[2] e, float[4, 2] ys) <float[2] w = {0.5, 0.25}> {
      e, ys = Scan <num_scan_inputs = 1,
        body = b (float[2] a, float[2] x) => (float[2] n, float[2] o) {
          m = Mul(x, w)
          n = Add(a, m)
          o = Tanh(n)
        }> (s, xs)
    })",
                                    {"Mul", "Tanh"}));
}

TEST(Report, OCC271NoPairOfCastsIsLeft) {
  EXPECT_TRUE(converts(R"(
    g (float[B, 2] x) => (float[B, 2] y) {
      a = Erf(x)
      b = Transpose<perm = [1, 0]>(a)
      c = Transpose<perm = [1, 0]>(b)
      y = Erf(c)
    })",
                       R"(
    g (float[B, 2] x) => (float[B, 2] y) {
      a = Erf(x)
      b = Transpose<perm = [1, 0]>(a)
      c = Transpose<perm = [1, 0]>(b)
      y = Erf(c)
    })",
                       {.keep = {"Erf"}}));
}

TEST(Report, ORT20346AValueThatWasCastFromHalfIsNotCastBack) {
  EXPECT_TRUE(converts(R"(
    g (float16[B, 2] x) => (float16[B, 2] y) {
      a = Cast<to = 1>(x)
      b = Erf(a)
      c = Tanh(a)
      d = Add(b, c)
      y = Cast<to = 10>(d)
    })",
                       R"(
    g (float16[B, 2] x) => (float16[B, 2] y) {
      a = Cast<to = 1>(x)
      b = Erf(a)
      h = Cast<to = 10>(b)
      c = Tanh(x)
      y = Add(h, c)
    })",
                       {.keep = {"Erf"}}));
}

TEST(Report, ORT11384SoftmaxInPiecesDoesNotOverflow) {
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2, 8] x) => (float[2, 8] y) <float many = {50}, int64[1] axis = {1}> {
      s = Mul(x, many)
      e = Exp(s)
      t = ReduceSum(e, axis)
      y = Div(e, t)
    })"));
}

TEST(Report, OCC249TheMaskOfABertDoesNotMakeItNan) {
  // The second row is masked everywhere. What it gives says nothing, but has to be a number.
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2, 4] scores) => (bool[2, 4] y)
      <float one = {1}, float low = {-3.4028234663852886e38}, float scale = {30},
       int64[2, 4] mask = {1, 1, 1, 0, 0, 0, 0, 0}> {
      m = Cast<to = 1>(mask)
      n = Sub(one, m)
      b = Mul(n, low)
      s = Mul(scores, scale)
      t = Add(s, b)
      p = Softmax<axis = -1>(t)
      y = IsNaN(p)
    })"));
}

TEST(Report, TransformersPR17306TwoMasksAddedAreNoInfinity) {
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2, 4] scores, bool[2, 4] padding) => (bool[2, 4] y)
      <float zero = {0}, float low = {-1e38}, bool[2, 4] causal = {1, 0, 1, 0, 0, 0, 0, 0}> {
      a = Where(causal, zero, low)
      b = Where(padding, zero, low)
      t = Add(scores, a)
      u = Add(t, b)
      p = Softmax<axis = -1>(u)
      y = IsNaN(p)
    })"));
}

TEST(Report, OnnxscriptPR2654AMaskThatIsChosen) {
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2, 4] scores) => (float[2, 4] y)
      <float zero = {0}, float low = {-3.4028234663852886e38}, bool[2, 4] seen = {1, 0, 1, 0, 1, 1, 1, 0}> {
      a = Where(seen, zero, low)
      t = Add(scores, a)
      y = Softmax<axis = -1>(t)
    })"));
}

TEST(Report, ORTPR16369AMaskedRowWithANegativeScore) {
  // −65504 − 40 would be −infinity in float16.
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2, 4] x) => (bool[2, 4] y)
      <float minus = {-40}, float low = {-3.4028234663852886e38}, bool[1] never = {0}> {
      w = Abs(x)
      s = Mul(w, minus)
      t = Where(never, s, low)
      u = Add(t, s)
      p = Softmax<axis = -1>(u)
      y = IsNaN(p)
    })"));
}

TEST(Report, OCC323AMeanOverALargeMap) {
  EXPECT_TRUE(converts_soundly(R"(
    g (float[1, 2, 300, 300] x) => (float[1, 2, 1, 1] y, float[1, 2, 1, 1] z) <float many = {100}> {
      a = Abs(x)
      b = Mul(a, many)
      y = ReduceMean<axes = [2, 3]>(b)
      z = GlobalAveragePool(b)
    })"));
}

TEST(Report, TensorRT2564ANormInPiecesDoesNotOverflow) {
  Facts facts;
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2, 64] x) => (float[2, 64] y)
      <float many = {2000}, float two = {2}, float eps = {1e-12}> {
      h = Mul(x, many)
      m = ReduceMean<axes = [-1]>(h)
      d = Sub(h, m)
      q = Pow(d, two)
      v = ReduceMean<axes = [-1]>(q)
      e = Add(v, eps)
      s = Sqrt(e)
      y = Div(d, s)
    })",
                               {}, &facts));
  std::set<std::string> kept;
  for (const KeptOperator& each : facts.precision.kept)
    if (each.pass == "division_by_epsilon") kept.insert(each.op);
  EXPECT_THAT(kept, testing::ElementsAre("Add", "Div", "Pow", "ReduceMean", "Sqrt", "Sub"));
}

TEST(Report, ORTPR28442ARootMeanSquareInPiecesDoesNotOverflow) {
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2, 64] x) => (float[2, 64] y) <float many = {5000}, float two = {2}, float eps = {1e-6}> {
      h = Mul(x, many)
      q = Pow(h, two)
      v = ReduceMean<axes = [-1]>(q)
      e = Add(v, eps)
      s = Sqrt(e)
      r = Reciprocal(s)
      y = Mul(h, r)
    })"));
}

TEST(Report, ORT14235EverythingKeptIsNothingChanged) {
  constexpr std::string_view graph = R"(
    g (float[2, 4] x, int64[2, 4] m) => (float[2, 4] y)
      <float[4, 4] w = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8}, float low = {-3.4028234663852886e38}> {
      a = MatMul(x, w)
      c = Cast<to = 1>(m)
      b = Mul(c, low)
      s = Add(a, b)
      y = Softmax<axis = -1>(s)
    })";
  EXPECT_TRUE(converts(graph, graph, {.keep = {"*"}}));
}

TEST(Report, ORT21345EverythingKeptInNestedGraphsToo) {
  constexpr std::string_view graph = R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) <float[2, 2] w = {1, 2, 3, 4}> {
      y = If (c) <
        then_branch = t () => (float[2, 2] p) { p = MatMul(x, w) },
        else_branch = f () => (float[2, 2] q) { q = Neg(x) }>
    })";
  EXPECT_TRUE(converts(graph, graph, {.keep = {"*"}}));
}

TEST(Report, ORT15521ARangeThatBecomesAPosition) {
  EXPECT_TRUE(converts_soundly(R"(
    g (int64[4, 1] positions, float[4, 2] x) => (float[4, 2] y)
      <float[1, 2] f = {0.1, 3001}, int64 far = {2999}> {
      i = Add(positions, far)
      p = Cast<to = 1>(i)
      q = Mul(p, f)
      c = Cos(q)
      y = Mul(x, c)
    })"));
}

TEST(Report, TheIndexOfABucketIsExact) {
  // T5: the bucket of a distance is the floor of a logarithm.
  EXPECT_TRUE(converts_soundly(R"(
    g (float[3, 3] x, int64[3, 3] d) => (float[3, 3] y)
      <float eight = {8}, float base = {2.7725887298583984}, int64 far = {2000}> {
      e = Add(d, far)
      f = Cast<to = 1>(e)
      g0 = Div(f, eight)
      l = Log(g0)
      m = Div(l, base)
      n = Mul(m, eight)
      b = Cast<to = 7>(n)
      r = Cast<to = 1>(b)
      y = Add(x, r)
    })"));
}

}  // namespace
}  // namespace ortopt
