// What users of other converters reported of numbers that float16 does not hold, one test each: sums
// that overflow, masks that add up to an infinity, positions and divisors that lose their digits.
// For the names see reports_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "tests/support/conversion_check.h"

namespace ortopt {
namespace {

using test_support::converts_soundly;

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
