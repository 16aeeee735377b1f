#include "ortopt/passes/norm_before_reshape.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

const std::string head = "g (float[B, S, 8] a, float[B, S, 8] b, float[8] w) => ";

TEST(NormBeforeReshape, ANormOfAFlattenedSum) {
  EXPECT_REWRITE(NormBeforeReshape{}, head + R"((float[N, 8] y) <int64[2] flat = {-1, 8}> {
    s = Add(a, b)  r = Reshape(s, flat)  y = LayerNormalization<axis = 1, epsilon = 0.5>(r, w) })",
                 head + R"((float[N, 8] y) <int64[2] flat = {-1, 8}> {
    s = Add(a, b)  n = LayerNormalization<axis = -1, epsilon = 0.5>(s, w)  y = Reshape(n, flat) })");
}

TEST(NormBeforeReshape, OtherReadersKeepTheirReshape) {
  EXPECT_REWRITE(NormBeforeReshape{}, head + R"((float[N, 8] y) <int64[2] flat = {-1, 8}> {
    s = Add(a, b)  r = Reshape(s, flat)  n = LayerNormalization(r, w)  y = Add(n, r) })",
                 head + R"((float[N, 8] y) <int64[2] flat = {-1, 8}> {
    s = Add(a, b)  r = Reshape(s, flat)  m = LayerNormalization(s, w)  n = Reshape(m, flat)
    y = Add(n, r) })");
}

TEST(NormBeforeReshape, ASqueezeOfOtherAxesAndAnRmsNorm) {
  const std::string with = "g (float[B, 1, 8] a, float[B, 1, 8] b, float[8] w) => (float[B, 8] y) ";
  EXPECT_REWRITE(NormBeforeReshape{}, with + R"(<int64[1] middle = {1}> {
    s = Sub(a, b)  r = Squeeze(s, middle)  y = SimplifiedLayerNormalization<axis = -1>(r, w) })",
                 with + R"(<int64[1] middle = {1}> {
    s = Sub(a, b)  n = SimplifiedLayerNormalization<axis = -1>(s, w)  y = Squeeze(n, middle) })");
}

TEST(NormBeforeReshape, OtherRowsStay) {
  const std::string with = "g (float[B, S, 8] a, float[B, S, 8] b, float[4] w) => (float[N, 4] y) ";
  EXPECT_UNCHANGED(NormBeforeReshape{}, with + R"(<int64[2] flat = {-1, 4}> {
    s = Add(a, b)  r = Reshape(s, flat)  y = LayerNormalization(r, w) })",
                   "");
}

TEST(NormBeforeReshape, ANormOverSeveralAxesStays) {
  const std::string with =
      "g (float[B, 4, 8] a, float[B, 4, 8] b, float[2, 8] w) => (float[N, 2, 8] y) ";
  EXPECT_UNCHANGED(NormBeforeReshape{}, with + R"(<int64[3] pairs = {-1, 2, 8}> {
    s = Add(a, b)  r = Reshape(s, pairs)  y = LayerNormalization<axis = 1>(r, w) })",
                   "");
}

TEST(NormBeforeReshape, ATransposeOrAnInputStays) {
  EXPECT_UNCHANGED(NormBeforeReshape{}, head + R"((float[S, B, 8] y) {
    s = Add(a, b)  r = Transpose<perm = [1, 0, 2]>(s)  y = LayerNormalization(r, w) })",
                   "");
  EXPECT_UNCHANGED(NormBeforeReshape{}, R"(
    g (float[B, S, 8] a, float[8] w) => (float[N, 8] y) <int64[2] flat = {-1, 8}> {
    r = Reshape(a, flat)  y = LayerNormalization(r, w) })",
                   "");
}

}  // namespace
}  // namespace ortopt
