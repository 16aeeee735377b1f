#include "ortopt/precision/half_precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ortopt/pass/pass_manager.h"
#include "tests/support/conversion_check.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using test_support::converts;

TEST(HalfPrecision, WeightsAndWhatComputesWithThemBecomeHalf) {
  EXPECT_TRUE(converts(R"(
    g (float[B, 2] x) => (float[B, 2] y) <float[2, 2] w = {1, 2, 3, 4}> { y = MatMul(x, w) })",
                       R"(
    g (float[B, 2] x) => (float[B, 2] y) <float16[2, 2] w = {15360, 16384, 16896, 17408}> {
      half = Cast<to = 10>(x)
      product = MatMul(half, w)
      y = Cast<to = 1>(product)
    })"));
}

TEST(HalfPrecision, AValueIsCastOnceHoweverManyReadIt) {
  EXPECT_TRUE(converts(R"(
    g (float[B, 2] x) => (float[B, 2] y) {
      a = Tanh(x)
      b = Erf(x)
      y = Mul(a, b)
    })",
                       R"(
    g (float[B, 2] x) => (float[B, 2] y) {
      half = Cast<to = 10>(x)
      a = Tanh(half)
      b = Erf(half)
      product = Mul(a, b)
      y = Cast<to = 1>(product)
    })"));
}

TEST(HalfPrecision, WithoutKeptTypesTheSignatureIsHalf) {
  EXPECT_TRUE(converts("g (float[B, 2] x) => (float[B, 2] y) { y = Tanh(x) }",
                       "g (float16[B, 2] x) => (float16[B, 2] y) { y = Tanh(x) }",
                       {.keep_io_types = false}));
}

TEST(HalfPrecision, AKeptOperatorComputesInFloat32BetweenTwoCasts) {
  EXPECT_TRUE(converts(R"(
    g (float16[B, 2] h) => (float16[B, 2] y) {
      x = Cast<to = 1>(h)
      a = Tanh(x)
      b = Erf(a)
      c = Tanh(b)
      y = Cast<to = 10>(c)
    })",
                       R"(
    g (float16[B, 2] h) => (float16[B, 2] y) {
      a = Tanh(h)
      full = Cast<to = 1>(a)
      b = Erf(full)
      half = Cast<to = 10>(b)
      y = Tanh(half)
    })",
                       {.keep = {"Erf"}}));
}

TEST(HalfPrecision, Bfloat16IsRefusedWhereOperatorsDoNotKnowIt) {
  PassOptions cuda;
  cuda.target = Target::parse("cuda").value();
  const HalfPrecision pass({.precision = Precision::bfloat16});
  const auto convert = [&](int opset, const PassOptions& options) {
    const auto model =
        test_support::model_of("<ir_version: 7, opset_import: [\"\" : " + std::to_string(opset) +
                               "]> g (float[2] x) => (float[2] y) { y = Tanh(x) }");
    Facts facts;
    const Result<Changes> done = run_pass(pass, *model, options, facts);
    return done ? std::string("converted") : done.error().text();
  };
  EXPECT_THAT(convert(13, cuda), testing::StartsWith("converted"));
  EXPECT_THAT(convert(12, cuda), testing::HasSubstr("needs opset 13"));
  EXPECT_THAT(convert(13, {}), testing::HasSubstr("no kernels on CPU"));
}

}  // namespace
}  // namespace ortopt
