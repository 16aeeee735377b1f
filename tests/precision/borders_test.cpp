// What goes into nested graphs and comes out of them is half precision, too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/conversion_check.h"

namespace ortopt {
namespace {

using test_support::converts;
using test_support::converts_soundly;

TEST(Borders, BothBranchesOfAnIfGiveHalf) {
  EXPECT_TRUE(converts(R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) {
      a = Tanh(x)
      b = If (c) <
        then_branch = t () => (float[2, 2] p) { p = Neg(a) },
        else_branch = f () => (float[2, 2] q) { q = Relu(a) }>
      y = Erf(b)
    })",
                       R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) {
      half = Cast<to = 10>(x)
      a = Tanh(half)
      b = If (c) <
        then_branch = t () => (float16[2, 2] p) { p = Neg(a) },
        else_branch = f () => (float16[2, 2] q) { q = Relu(a) }>
      e = Erf(b)
      y = Cast<to = 1>(e)
    })"));
}

TEST(Borders, AnIfWithAKeptBranchStaysFloat32) {
  EXPECT_TRUE(converts(R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) {
      a = Tanh(x)
      y = If (c) <
        then_branch = t () => (float[2, 2] p) { p = Erf(a) },
        else_branch = f () => (float[2, 2] q) { q = Relu(a) }>
    })",
                       R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) {
      half = Cast<to = 10>(x)
      a = Tanh(half)
      full = Cast<to = 1>(a)
      y = If (c) <
        then_branch = t () => (float[2, 2] p) { p = Erf(full) },
        else_branch = f () => (float[2, 2] q) { r = Relu(a)  q = Cast<to = 1>(r) }>
    })",
                       {.keep = {"Erf"}}));
}

TEST(Borders, TheStateOfALoopIsHalfAndSoIsWhatItCollects) {
  EXPECT_TRUE(converts(R"(
    g (float[2] x, int64 n, bool go) => (float[2] y, float[T, 2] z) <float[2] w = {1, 2}> {
      s = Tanh(x)
      y, z = Loop(n, go, s) <body = b (int64 i, bool c, float[2] before)
        => (bool d, float[2] after, float[2] kept) {
        d = Identity(c)
        after = Mul(before, w)
        kept = Neg(after)
      }>
    })",
                       R"(
    g (float[2] x, int64 n, bool go) => (float[2] y, float[T, 2] z) <float16[2] w = {15360, 16384}> {
      half = Cast<to = 10>(x)
      s = Tanh(half)
      y16, z16 = Loop(n, go, s) <body = b (int64 i, bool c, float16[2] before)
        => (bool d, float16[2] after, float16[2] kept) {
        d = Identity(c)
        after = Mul(before, w)
        kept = Neg(after)
      }>
      y = Cast<to = 1>(y16)
      z = Cast<to = 1>(z16)
    })"));
}

TEST(Borders, AScanOfHalvesReadsCapturedHalves) {
  for (const bool keep_io_types : {true, false})
    EXPECT_TRUE(converts_soundly(R"(
      g (float[2] s, float[4, 2] xs) => (float[2] e, float[4, 2] ys) <float[2] w = {0.5, 0.25}> {
        o = Tanh(s)
        e, ys = Scan <num_scan_inputs = 1,
          body = b (float[2] a, float[2] x) => (float[2] n, float[2] r) {
            m = Mul(x, w)
            k = Add(m, o)
            n = Add(a, k)
            r = Tanh(n)
          }> (o, xs)
      })",
                                 {.keep_io_types = keep_io_types}));
}

TEST(Borders, NestedGraphsInNestedGraphs) {
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2] x, int64 n, bool go) => (float[2] y) <float[2] w = {1, 0.5}> {
      s = Tanh(x)
      y = Loop(n, go, s) <body = b (int64 i, bool c, float[2] before) => (bool d, float[2] after) {
        d = Identity(c)
        after = If (c) <
          then_branch = t () => (float[2] p) { p = Mul(before, w) },
          else_branch = f () => (float[2] q) { q = Add(before, s) }>
      }>
    })"));
}

TEST(Borders, AnIfThatIsNamedStaysFloat32) {
  Facts facts;
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) {
      a = Tanh(x)
      y = If (c) <
        then_branch = t () => (float[2, 2] p) { p = Neg(a) },
        else_branch = f () => (float[2, 2] q) { q = Identity(a) }>
    })",
                               {.keep = {"If"}}, &facts));
  EXPECT_THAT(facts.precision.kept, testing::Contains(testing::Field(&KeptOperator::op, "If")));
}

TEST(Borders, IntegersAndSequencesStayWhatTheyAre) {
  EXPECT_TRUE(converts_soundly(R"(
    g (float[2] x, int64 n, bool go) => (float[2] y, int64 k) <int64 zero = {0}, int64 one = {1}> {
      y, k = Loop(n, go, x, zero) <body = b (int64 i, bool c, float[2] s, int64 j)
        => (bool d, float[2] t, int64 l) {
        d = Identity(c)
        t = Neg(s)
        l = Add(j, one)
      }>
    })"));
}

}  // namespace
}  // namespace ortopt
