#include "ortopt/passes/gelu_approximation.h"

#include <gtest/gtest.h>

#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

TEST(GeluApproximation, HappensOnRequestOnly) {
  const PassOptions asked{.gelu_approximation = true};
  const std::string before = R"(
    g (float[B, 8] x, float[8] b) => (float[B, 8] y, float[B, 8] z) {
      y = com.microsoft.Gelu(x) z = com.microsoft.BiasGelu(x, b)
    })";
  EXPECT_REWRITE(GeluApproximation{}, before, R"(
    g (float[B, 8] x, float[8] b) => (float[B, 8] y, float[B, 8] z) {
      y = com.microsoft.FastGelu(x) z = com.microsoft.FastGelu(x, b)
    })",
                 asked);
  EXPECT_UNCHANGED(GeluApproximation{}, before, "");
}

}  // namespace
}  // namespace ortopt
