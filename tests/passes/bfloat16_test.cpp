// Models that compute in bfloat16 already: what needs a kernel that there is not stays, with a reason.
#include <gtest/gtest.h>

#include "ortopt/pass/pass_manager.h"
#include "ortopt/pass/registry.h"
#include "ortopt/passes/gelu.h"
#include "ortopt/passes/layer_norm.h"
#include "tests/support/graph_text.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

using test_support::model_of;
using test_support::same_graph;

// 16-bit floats are their bits: 16128 is 0.5, 16256 is 1, 16384 is 2, 16309 is 1.4140625.
constexpr std::string_view gelu = R"(
    g (bfloat16[B, 8] x) => (bfloat16[B, 8] y)
      <bfloat16 h = {16128}, bfloat16 r = {16309}, bfloat16 o = {16256}> {
      t = Div(x, r) e = Erf(t) s = Add(e, o) p = Mul(x, s) y = Mul(p, h)
    })";

constexpr std::string_view layer_norm = R"(
    g (bfloat16[B, 4] x) => (bfloat16[B, 4] y)
      <bfloat16 two = {16384}, bfloat16 eps = {14119}, bfloat16[4] w = {16256, 16384, 16256, 16128},
       bfloat16[4] b = {0, 16256, 0, 16128}> {
      m = ReduceMean<axes = [-1]>(x) c = Sub(x, m) q = Pow(c, two) v = ReduceMean<axes = [-1]>(q)
      a = Add(v, eps) d = Sqrt(a) n = Div(c, d) u = Mul(n, w) y = Add(u, b)
    })";

/// The graph after the whole pipeline.
std::unique_ptr<Model> optimised(std::string_view text, Facts& facts) {
  auto model = model_of(text);
  Logger logger(LogLevel::off);
  const auto done =
      run_pipeline(make_pipeline(), *model, {.verify_each_pass = true}, facts, logger);
  EXPECT_TRUE(done.has_value()) << done.error().text();
  return model;
}

TEST(Bfloat16, IsAMissWithAReasonWhereTheTargetHasNoKernel) {
  EXPECT_UNCHANGED(Gelu{}, gelu, "Gelu has no kernel for bfloat16");
  EXPECT_UNCHANGED(LayerNorm{}, layer_norm, "LayerNormalization has no kernel for bfloat16");
}

TEST(Bfloat16, IsLeftAsItIsByTheWholePipelineToo) {
  for (const std::string_view text : {gelu, layer_norm}) {
    Facts facts;
    EXPECT_TRUE(same_graph(text, optimised(text, facts)->graph()));
    EXPECT_EQ(facts.misses.size(), 1U);
  }
}

TEST(Bfloat16, LosesWhatComputesNothing) {
  Facts facts;
  const auto model = optimised(R"(
    g (bfloat16[B, 8] x) => (bfloat16[B, 8] y) <bfloat16 zero = {0}, bfloat16 one = {16256}> {
      a = Identity(x) b = Cast<to = 16>(a) t = Mul(b, one) u = Add(t, zero) y = Tanh(u)
    })",
                               facts);
  EXPECT_TRUE(
      same_graph("g (bfloat16[B, 8] x) => (bfloat16[B, 8] y) { y = Tanh(x) }", model->graph()));
}

TEST(Bfloat16, KeepsTheBitsOfConstants) {
  // Not a number, infinities, the smallest number, minus zero.
  const std::string_view text = R"(
    g (bfloat16[5] x) => (bfloat16[5] y) <bfloat16[5] w = {32704, 32640, 65408, 1, 32768}> {
      y = Add(x, w)
    })";
  Facts facts;
  const auto model = optimised(text, facts);
  const Tensor& weight = *model->graph().initializers().front()->initializer();
  const auto original = model_of(text);
  const Tensor& before = *original->graph().find("w")->initializer();
  EXPECT_EQ(*weight.bytes().value(), *before.bytes().value());
}

}  // namespace
}  // namespace ortopt
