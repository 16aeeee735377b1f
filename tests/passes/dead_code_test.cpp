#include "ortopt/passes/dead_code.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(DeadCode, WhatNobodyReadsGoesUpToTheInputs) {
  EXPECT_REWRITE(DeadCode{}, R"(
    g (float[B] x) => (float[B] y) <float[1] w = {1}> { a = Add(x, w)  b = Neg(a)  y = Abs(x) })",
                 "g (float[B] x) => (float[B] y) { y = Abs(x) }");
}

TEST(DeadCode, AnOutputIsRead) {
  EXPECT_UNCHANGED(DeadCode{},
                   "g (float[B] x) => (float[B] y, float[B] z) { y = Abs(x)  z = Neg(y) }", "");
}

}  // namespace
}  // namespace ortopt
