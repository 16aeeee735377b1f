#include "ortopt/passes/flat_mat_mul.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

const std::string weight = "float[2, 3] w = {1, 2, 3, 4, 5, 6}";
const std::string flat = "int64[2] flat = {-1, 2}";
const std::string constants = "<" + weight + ", " + flat + ", int64[1] columns = {3}>";
const std::string signature = "g (float[B, S, 2] x) => (float[B, S, 3] y)";

std::string product(const std::string& rest, const std::string& with = signature) {
  return with + constants + "{ r = Reshape(x, flat) " + rest + "}";
}

/// y with the leading dimensions of x that `rows` picks.
std::string shaped_back(const std::string& rows) {
  return "p = MatMul(r, w) s = Shape(x) i = Constant<value_ints = " + rows +
         ">() l = Gather(s, i) back = Concat<axis = 0>(l, columns) y = Reshape(p, back)";
}

TEST(FlatMatMul, AProductOfFlattenedRows) {
  EXPECT_REWRITE(FlatMatMul{}, product(shaped_back("[0, 1]")),
                 signature + "<" + weight + "> { y = MatMul(x, w) }");
}

TEST(FlatMatMul, OtherReadersKeepTheFlattenedRows) {
  const std::string with = "g (float[B, S, 2] x) => (float[B, S, 3] y, float[N, 2] z)";
  EXPECT_REWRITE(
      FlatMatMul{}, product(shaped_back("[0, 1]") + " z = Neg(r)", with),
      with + "<" + weight + ", " + flat + "> { r = Reshape(x, flat) z = Neg(r) y = MatMul(x, w) }");
}

TEST(FlatMatMul, RowsInAnotherOrderStay) {
  EXPECT_UNCHANGED(FlatMatMul{},
                   product(shaped_back("[1, 0]"), "g (float[B, S, 2] x) => (float[S, B, 3] y)"),
                   "");
}

TEST(FlatMatMul, RowsOfAnotherWidthStay) {
  EXPECT_UNCHANGED(FlatMatMul{},
                   "g (float[B, S, 4] x) => (float[N, 3] y)" + constants +
                       "{ r = Reshape(x, flat) y = MatMul(r, w) }",
                   "");
  EXPECT_UNCHANGED(FlatMatMul{},
                   "g (float[B, 6, 4] x) => (float[B, 6, 6] y) <float[2, 3] w = "
                   "{1, 2, 3, 4, 5, 6}, int64[2] flat = {-1, 2}, int64[3] back = {-1, 6, 6}>"
                   "{ r = Reshape(x, flat) p = MatMul(r, w) y = Reshape(p, back) }",
                   "");
}

TEST(FlatMatMul, AProductThatSomeoneElseReadsStays) {
  EXPECT_UNCHANGED(FlatMatMul{},
                   product(shaped_back("[0, 1]") + " z = Neg(p)",
                           "g (float[B, S, 2] x) => (float[B, S, 3] y, float[N, 3] z)"),
                   "");
}

TEST(FlatMatMul, AMatrixThatIsComputedStays) {
  EXPECT_UNCHANGED(FlatMatMul{},
                   "g (float[B, S, 2] x, float[2, 3] v) => (float[B, S, 3] y)" + constants +
                       "{ r = Reshape(x, flat) p = MatMul(r, v) s = Shape(x) "
                       "i = Constant<value_ints = [0, 1]>() l = Gather(s, i) "
                       "back = Concat<axis = 0>(l, columns) y = Reshape(p, back) }",
                   "");
}

}  // namespace
}  // namespace ortopt
