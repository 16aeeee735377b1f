// The pipeline inside the bodies of If, Loop and Scan, and across their borders.
#include <gtest/gtest.h>

#include <string>

#include "ortopt/ir/text.h"
#include "ortopt/ir/verify.h"
#include "ortopt/pass/pass_manager.h"
#include "ortopt/pass/registry.h"
#include "ortopt/report/operators.h"
#include "tests/support/attention_text.h"
#include "tests/support/graph_text.h"
#include "tests/support/numeric_oracle.h"

namespace ortopt {
namespace {

using test_support::AttentionNumbers;
using test_support::model_of;
using test_support::Numbers;
using test_support::same_results;

/// `y` from `x` [B, S, 8]: attention, residual and norm, activation, as TorchScript spells them.
std::string block() {
  return test_support::torch_operands() + R"(
    s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) o = Reshape(o1, merge)
    r = Add(x, o) m = LayerNormalization(r, gamma, beta)
    g0 = Div(m, root) g1 = Erf(g0) g2 = Add(g1, one) g3 = Mul(m, g2) y = Mul(g3, half))";
}

/// The graph of `signature` and `body`, with the weights of `block` outside of all bodies.
std::string around(const std::string& signature, const std::string& body) {
  return test_support::attention_graph(
      signature,
      AttentionNumbers{}.text() + ", " + Numbers::of({8}, 7).text("gamma") + ", " +
          Numbers::of({8}, 8).text("beta") + ", float root = {1.4142135}",
      body);
}

/// What the pipeline makes of it, which computes the same.
std::unique_ptr<Model> optimised(const std::string& text) {
  const auto original = model_of(text);
  auto model = model_of(text);
  Facts facts;
  Logger logger(LogLevel::off);
  const auto done =
      run_pipeline(make_pipeline(), *model, {.verify_each_pass = true}, facts, logger);
  EXPECT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(same_results(*original, *model)) << to_text(*model);
  return model;
}

void expect_block_fused(const std::string& text, std::size_t times = 1) {
  const auto model = optimised(text);
  OperatorCounts counts = count_operators(*model);
  for (const char* op : {"Attention", "SkipLayerNormalization", "Gelu"})
    EXPECT_EQ(counts["com.microsoft." + std::string(op)], times) << op << "\n" << to_text(*model);
  for (const char* op : {"Softmax", "LayerNormalization", "Erf"}) EXPECT_EQ(counts[op], 0U) << op;
}

TEST(NestedGraphs, ABlockInTheBodyOfALoopIsFused) {
  expect_block_fused(around("(int64 n, float[B, S, 8] x) => (float[N, B, S, 8] y0)",
                            "y0 = Loop<body = b (int64 i, bool go) => "
                            "(bool still, float[B, S, 8] y) { still = Identity(go) " +
                                block() + "}>(n, \"\")"));
}

TEST(NestedGraphs, ABlockOnWhatALoopCarriesStays) {
  // Sizes may change from one step to the next, whatever the body declares.
  const auto model = optimised(around("(int64 n, float[B, S, 8] x0) => (float[B, S, 8] y0)",
                                      "y0 = Loop<body = b (int64 i, bool go, float[B, S, 8] x) => "
                                      "(bool still, float[B, S, 8] y) { still = Identity(go) " +
                                          block() + "}>(n, \"\", x0)"));
  EXPECT_EQ(count_operators(*model)["Softmax"], 1U) << to_text(*model);
}

TEST(NestedGraphs, ABlockInTheBodyOfAScanIsFused) {
  expect_block_fused(
      around("(float[N, B, S, 8] x0) => (float[N, B, S, 8] y0)",
             "y0 = Scan<num_scan_inputs = 1, body = b (float[B, S, 8] x) => (float[B, S, 8] y) {" +
                 block() + "}>(x0)"));
}

TEST(NestedGraphs, BlocksInBothBranchesThatReadAnInputFromOutsideAreFused) {
  expect_block_fused(
      around("(bool b, float[B, S, 8] x) => (float[B, S, 8] y0)",
             "y0 = If<then_branch = t () => (float[B, S, 8] y) {" + block() +
                 "}, else_branch = e () => (float[B, S, 8] y) {" + block() + "}>(b)"),
      2);
}

TEST(NestedGraphs, ABlockTwoBodiesDeepIsFused) {
  expect_block_fused(around("(bool b, int64 n, float[B, S, 8] x) => (float[N, B, S, 8] y0)",
                            "y0 = Loop<body = b (int64 i, bool go) => "
                            "(bool still, float[B, S, 8] y1) { still = Identity(go) "
                            "y1 = If<then_branch = t () => (float[B, S, 8] y) {" +
                                block() +
                                "}, else_branch = e () => (float[B, S, 8] z) { z = Neg(x) }>(b)"
                                "}>(n, \"\")"));
}

TEST(NestedGraphs, HalvesOnEitherSideOfABorderStayApart) {
  const auto model = optimised(
      around("(bool b, float[B, S, 8] m) => (float[B, S, 8] y0)",
             "g0 = Div(m, root) g1 = Erf(g0) g2 = Add(g1, one) y0 = If<then_branch = t () => "
             "(float[B, S, 8] y) { g3 = Mul(m, g2) y = Mul(g3, half) }, else_branch = e () => "
             "(float[B, S, 8] z) { z = Mul(g2, g2) }>(b)"));
  EXPECT_EQ(count_operators(*model)["Erf"], 1U) << to_text(*model);
}

TEST(NestedGraphs, WhatABodyReadsFromOutsideIsNotTakenAway) {
  // Both are read inside only; the first is an Identity that goes, the second must not.
  const auto model = optimised(R"(
    g (bool b, float[B, 8] x) => (float[B, 8] y0) {
      same = Identity(x) kept = Neg(same)
      y0 = If<then_branch = t () => (float[B, 8] p) { p = Add(same, kept) },
              else_branch = e () => (float[B, 8] q) { q = Sub(kept, same) }>(b)
    })");
  const OperatorCounts counts = count_operators(*model);
  EXPECT_EQ(counts.count("Identity"), 0U) << to_text(*model);
  EXPECT_EQ(counts.at("Neg"), 1U) << to_text(*model);
}

TEST(NestedGraphs, ABodysOwnValueIsNotTakenForTheOneOutsideOfThatName) {
  for (const std::string body :
       {// An initializer, an input and a result of the name that `same` stands for.
        "y = If<then_branch = t () => (float[B, 4] p) <float[1, 4] x = {5, 6, 7, 8}> "
        "{ p = Sub(same, x) }, else_branch = e () => (float[B, 4] q) { q = Neg(same) }>(b)",
        "y = Loop<body = b (int64 i, bool go, float[B, 4] x) => (bool still, float[B, 4] z) "
        "{ still = Identity(go) u = Add(x, same) z = Mul(u, same) }>(n, \"\", x)",
        "y = If<then_branch = t () => (float[B, 4] p) { x = Neg(same) p = Mul(x, same) }, "
        "else_branch = e () => (float[B, 4] q) { q = Exp(same) }>(b)"}) {
    const auto model = optimised(
        "g (bool b, int64 n, float[B, 4] x) => (float[B, 4] y) { same = Identity(x) " + body + "}");
    EXPECT_EQ(count_operators(*model)["Add"] + count_operators(*model)["Sub"] +
                  count_operators(*model)["Mul"],
              body.find("Loop") != std::string::npos ? 2U : 1U)
        << to_text(*model);
    const auto again = parse_text(to_text(*model));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_TRUE(test_support::same_graph(model->graph(), (*again)->graph()));
  }
}

TEST(NestedGraphs, ConstantsOfOneNameInTwoBodiesStayTwo) {
  const auto model = optimised(R"(
    g (bool b, float[B, 4] x) => (float[B, 4] y) {
      y = If<then_branch = t () => (float[B, 4] p) <float[4] w = {1, 2, 3, 4}> { p = Add(x, w) },
             else_branch = e () => (float[B, 4] p) <float[4] w = {5, 6, 7, 8}> { p = Add(x, w) }>(b)
    })");
  EXPECT_EQ(count_operators(*model)["Add"], 2U) << to_text(*model);
}

}  // namespace
}  // namespace ortopt
