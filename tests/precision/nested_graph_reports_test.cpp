// What users of other converters reported of Loop, Scan and If, one test each. For the names see
// reports_test.cpp.
#include <gtest/gtest.h>

#include <string_view>

#include "tests/support/conversion_check.h"

namespace ortopt {
namespace {

using test_support::converts;
using test_support::converts_in_every_way;

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

TEST(Report, ORT21345EverythingKeptInNestedGraphsToo) {
  constexpr std::string_view graph = R"(
    g (float[2, 2] x, bool c) => (float[2, 2] y) <float[2, 2] w = {1, 2, 3, 4}> {
      y = If (c) <
        then_branch = t () => (float[2, 2] p) { p = MatMul(x, w) },
        else_branch = f () => (float[2, 2] q) { q = Neg(x) }>
    })";
  EXPECT_TRUE(converts(graph, graph, {.keep = {"*"}}));
}

}  // namespace
}  // namespace ortopt
