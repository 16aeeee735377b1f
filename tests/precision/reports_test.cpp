// What users of other converters reported, one test each: the result has to load, to compute the
// same, and to stay as it is when it is converted again. ORT is microsoft/onnxruntime, OCC is
// microsoft/onnxconverter-common.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/conversion_check.h"

namespace ortopt {
namespace {

using test_support::converts;
using test_support::converts_in_every_way;

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

}  // namespace
}  // namespace ortopt
