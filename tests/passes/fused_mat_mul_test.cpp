#include "ortopt/passes/fused_mat_mul.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(FusedMatMul, WithoutAttributesIsAProduct) {
  EXPECT_REWRITE(FusedMatMul{}, R"(
    g (float[B, 3, 5] a, float[5, 4] b) => (float[B, 3, 4] y) {
      y = com.microsoft.FusedMatMul(a, b)
    })",
                 R"(
    g (float[B, 3, 5] a, float[5, 4] b) => (float[B, 3, 4] y) { y = MatMul(a, b) })");
}

TEST(FusedMatMul, GivesBackTheScale) {
  EXPECT_REWRITE(FusedMatMul{}, R"(
    g (float[B, 3, 5] a, float[B, 5, 4] b) => (float[B, 3, 4] y) {
      y = com.microsoft.FusedMatMul <alpha = 0.25> (a, b)
    })",
                 R"(
    g (float[B, 3, 5] a, float[B, 5, 4] b) => (float[B, 3, 4] y) <float quarter = {0.25}> {
      p = MatMul(a, b) y = Mul(p, quarter)
    })");
}

TEST(FusedMatMul, GivesBackTheScaleInHalfPrecision) {
  EXPECT_REWRITE(FusedMatMul{}, R"(
    g (float16[B, 3, 5] a, float16[B, 5, 4] b) => (float16[B, 3, 4] y) {
      y = com.microsoft.FusedMatMul <alpha = 0.5> (a, b)
    })",
                 R"(
    g (float16[B, 3, 5] a, float16[B, 5, 4] b) => (float16[B, 3, 4] y) <float16 half = {14336}> {
      p = MatMul(a, b) y = Mul(p, half)
    })");
}

TEST(FusedMatMul, GivesBackTheTransposeOfEitherOperand) {
  EXPECT_REWRITE(FusedMatMul{}, R"(
    g (float[B, 2, 5, 3] a, float[B, 2, 4, 5] b) => (float[B, 2, 3, 4] y) {
      y = com.microsoft.FusedMatMul <transA = 1, transB = 1> (a, b)
    })",
                 R"(
    g (float[B, 2, 5, 3] a, float[B, 2, 4, 5] b) => (float[B, 2, 3, 4] y) {
      ta = Transpose <perm = [0, 1, 3, 2]> (a)
      tb = Transpose <perm = [0, 1, 3, 2]> (b)
      y = MatMul(ta, tb)
    })");
}

// 5 and 2 stand where they would multiply only when turned: rows before batch before features.
TEST(FusedMatMul, GivesBackTheTransposeOfTheBatch) {
  EXPECT_REWRITE(FusedMatMul{}, R"(
    g (float[3, B, 2, 5] a, float[4, B, 2, 5] b) => (float[B, 2, 3, 4] y) {
      y = com.microsoft.FusedMatMul <transBatchA = 1, transBatchB = 1, transB = 1> (a, b)
    })",
                 R"(
    g (float[3, B, 2, 5] a, float[4, B, 2, 5] b) => (float[B, 2, 3, 4] y) {
      ta = Transpose <perm = [1, 2, 0, 3]> (a)
      tb = Transpose <perm = [1, 2, 3, 0]> (b)
      y = MatMul(ta, tb)
    })");
}

TEST(FusedMatMul, TurnsNoVector) {
  EXPECT_REWRITE(FusedMatMul{}, R"(
    g (float[5] a, float[B, 4, 5] b) => (float[B, 4] y) {
      y = com.microsoft.FusedMatMul <transA = 1, transB = 1> (a, b)
    })",
                 R"(
    g (float[5] a, float[B, 4, 5] b) => (float[B, 4] y) {
      tb = Transpose <perm = [0, 2, 1]> (b) y = MatMul(a, tb)
    })");
}

TEST(FusedMatMul, StaysWhenARankIsNotKnown) {
  EXPECT_UNCHANGED(FusedMatMul{}, R"(
    g (float[] a, float[5, 4] b) => (float[] y) {
      y = com.microsoft.FusedMatMul <transA = 1> (a, b)
    })",
                   "the rank of 'a' is not known");
}

TEST(FusedMatMul, StaysWhenThereIsNoBatchToTurn) {
  EXPECT_UNCHANGED(FusedMatMul{}, R"(
    g (float[3, 5] a, float[5, 4] b) => (float[3, 4] y) {
      y = com.microsoft.FusedMatMul <transBatchA = 1> (a, b)
    })",
                   "'a' has 2 dimensions, none of them a batch");
}

}  // namespace
}  // namespace ortopt
