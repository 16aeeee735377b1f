#include "ortopt/passes/cast_like.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(CastLike, BecomesACastToTheTypeOfItsModel) {
  EXPECT_REWRITE(CastLike{}, R"(
    g (float[B, 8] x, int64[2] like) => (int64[B, 8] y) { y = CastLike(x, like) })",
                 "g (float[B, 8] x, int64[2] like) => (int64[B, 8] y) { y = Cast <to = 7> (x) }");
}

TEST(CastLike, StaysWhenTheTypeIsNotKnown) {
  EXPECT_UNCHANGED(CastLike{}, R"(
    <ir_version: 8, opset_import: ["" : 17, "unknown" : 1]>
    g (float[B, 8] x) => (float[B, 8] y) { t = unknown.Op(x) y = CastLike(x, t) })",
                   "the type of 't' is not known");
}

}  // namespace
}  // namespace ortopt
