#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "ortopt/pass/pass_manager.h"
#include "ortopt/passes/attention.h"
#include "tests/support/attention_text.h"
#include "tests/support/graph_text.h"
#include "tests/support/numeric_oracle.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

using test_support::attention_graph;
using test_support::AttentionNumbers;
using test_support::Numbers;
using test_support::torch_operands;

const std::string signature = "(float[B, S, 8] x) => (float[B, S, 8] y)";
const std::string scores = " s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)";
const std::string result = R"(
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))";

std::string graph(const std::string& body, const std::string& constants = "",
                  const std::string& outputs = "") {
  std::string with = signature;
  with.insert(with.size() - 1, outputs);
  return attention_graph(with, AttentionNumbers{}.text() + constants, body);
}

TEST(AttentionRefusals, ProbabilitiesThatAreAnOutput) {
  EXPECT_UNCHANGED(Attention{},
                   graph(torch_operands() + scores + result, "", ", float[B, 2, S, S] p"),
                   "the probabilities are a graph output");
}

TEST(AttentionRefusals, ProbabilitiesThatSomeoneElseReads) {
  EXPECT_UNCHANGED(Attention{},
                   graph(torch_operands() + scores + result + " [sum] t = ReduceSum(p, at1)", "",
                         ", float[B, 1, S, S] t"),
                   "the probabilities are used elsewhere: ReduceSum 'sum'");
}

TEST(AttentionRefusals, AnOperatorOnTheProbabilities) {
  EXPECT_UNCHANGED(
      Attention{},
      graph(torch_operands() +
            " s0 = MatMul(q, kt) s = Div(s0, c) r = Softmax(s) p = Mul(r, half)" + result),
      "Mul after softmax");
}

TEST(AttentionRefusals, TwoScoreTerms) {
  EXPECT_UNCHANGED(Attention{},
                   graph(torch_operands() + R"(
    s0 = MatMul(q, kt) s1 = MatMul(v, kt) s = Add(s0, s1) p = Softmax(s))" +
                         result),
                   "Add joins 2 score terms (disentangled or relative attention)");
}

TEST(AttentionRefusals, ScoresOfAnOperatorOfTheRuntime) {
  EXPECT_UNCHANGED(Attention{},
                   graph(torch_operands() + R"(
    s = com.microsoft.FusedMatMul<alpha = 0.5>(q, kt) p = Softmax(s))" +
                         result),
                   "the scores come from FusedMatMul, which is no product");
}

TEST(AttentionRefusals, ABiasComputedFromAProjection) {
  EXPECT_UNCHANGED(Attention{},
                   graph(torch_operands() + R"(
    s0 = MatMul(q, kt) g = ReduceMax<axes = [-1]>(v) s = Add(s0, g) p = Softmax(s))" +
                         result),
                   "the bias is computed from a projection (disentangled or gated)");
}

TEST(AttentionRefusals, ABiasThatANetworkMakesFromConstantsIsABias) {
  const std::string constants =
      AttentionNumbers{}.text() + ", " + Numbers::of({16, 3}, 7).text("places") + ", " +
      Numbers::of({3, 2}, 8).text("net") + ", int64[4] square = {1, 4, 4, 2}";
  const std::string network = R"(
    n0 = MatMul(places, net) n1 = Sigmoid(n0) n2 = Reshape(n1, square)
    bias = Transpose<perm = [0, 3, 1, 2]>(n2))";
  const std::string fixed = "(float[B, 4, 8] x) => (float[B, 4, 8] y)";
  EXPECT_REWRITE(
      Attention{},
      attention_graph(fixed, constants,
                      torch_operands() + R"(
    s0 = MatMul(q, kt) s1 = Div(s0, c))" +
                          network + R"( s = Add(s1, bias) p = Softmax(s))" + result),
      attention_graph(fixed, constants + ", " + AttentionNumbers{}.packed(), network + R"(
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , bias))"));
}

TEST(AttentionRefusals, ASoftmaxWithoutANameIsKnownByItsOutput) {
  // Reports drop the misses of nodes that are there no more, which they find by this name.
  const auto model = test_support::model_of(graph(torch_operands() + R"(
    s0 = MatMul(q, kt) g = ReduceMax<axes = [-1]>(v) s = Add(s0, g) p = Softmax(s))" +
                                                  result));
  Facts facts;
  ASSERT_TRUE(run_pass(Attention{}, *model, {}, facts).has_value());
  ASSERT_EQ(facts.misses.size(), 1U);
  EXPECT_EQ(facts.misses[0].node, "p");
}

TEST(AttentionRefusals, AMaskAboveAScale) {
  EXPECT_UNCHANGED(Attention{},
                   attention_graph("(float[B, S, 8] x, float[B, 1, S, S] m) => (float[B, S, 8] y)",
                                   AttentionNumbers{}.text(),
                                   torch_operands() + R"(
    s0 = MatMul(q, kt) s1 = Add(s0, m) s = Div(s1, c) p = Softmax(s))" +
                                       result),
                   "a mask stands above a scale: (s + m) * c");
}

TEST(AttentionRefusals, ASoftmaxOverTheQueries) {
  EXPECT_UNCHANGED(Attention{},
                   graph(torch_operands() +
                         " s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax<axis = 2>(s)" + result),
                   "values are not multiplied over the keys");
}

TEST(AttentionRefusals, ASoftmaxOverTheHeads) {
  EXPECT_UNCHANGED(Attention{},
                   graph(torch_operands() +
                         " s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax<axis = 1>(s)" + result),
                   "softmax is over neither of the last two axes");
}

TEST(AttentionRefusals, BoundedScores) {
  EXPECT_UNCHANGED(
      Attention{},
      graph(torch_operands() + " s0 = MatMul(q, kt) s = Max(s0, one) p = Softmax(s)" + result),
      "Max bounds the scores");
}

TEST(AttentionRefusals, ASoftCap) {
  EXPECT_UNCHANGED(
      Attention{},
      graph(torch_operands() + " s0 = MatMul(q, kt) s1 = Tanh(s0) s = Mul(s1, c) p = Softmax(s)" +
            result),
      "recognised, no operator yet: a soft cap");
}

TEST(AttentionRefusals, AScaleOfZero) {
  EXPECT_UNCHANGED(
      Attention{},
      graph(torch_operands() + " s0 = MatMul(q, kt) s = Mul(s0, zero) p = Softmax(s)" + result,
            ", float zero = {0}"),
      "the scale is 0 or infinite");
}

TEST(AttentionRefusals, ABiasForEachPosition) {
  EXPECT_UNCHANGED(
      Attention{},
      attention_graph("(float[B, 3, 8] x) => (float[B, 3, 8] y)",
                      AttentionNumbers{}.text() + ", " + Numbers::of({3, 8}, 7).text("bp"),
                      R"(
    q0 = MatMul(x, wq) q1 = Add(q0, bp) q2 = Reshape(q1, split) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(x, wk) k2 = Reshape(k0, split) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(x, wv) v2 = Reshape(v0, split) v = Transpose<perm = [0, 2, 1, 3]>(v2))" +
                          scores + result),
      "a bias is different for different positions");
}

TEST(AttentionRefusals, DoublePrecision) {
  const std::string operands = torch_operands();
  const AttentionNumbers numbers;
  EXPECT_UNCHANGED(
      Attention{},
      attention_graph("(double[B, S, 8] x) => (double[B, S, 8] y)",
                      numbers.text("double") + ", double two = {2}",
                      operands + " s0 = MatMul(q, kt) s = Div(s0, two) p = Softmax(s)" + result),
      "Attention has no kernel for double");
}

TEST(AttentionRefusals, ASoftmaxThatIsNoAttentionIsNoMiss) {
  EXPECT_UNCHANGED(Attention{}, "g (float[B, S, 8] x) => (float[B, S, 8] y) { y = Softmax(x) }",
                   "");
}

/// An attention with batch, length, heads and head size all 4, whose four Transposes have any
/// permutation: every one of them is a valid graph, few are attention.
std::string permuted(const std::array<std::string, 4>& perms) {
  std::string constants;
  int seed = 0;
  for (const char* name : {"wq", "wk", "wv"})
    constants += Numbers::of({16, 16}, ++seed).text(name) + ", ";
  constants += "int64[4] fours = {4, 4, 4, 4}, int64[3] flat3 = {4, 4, 16}";
  return attention_graph("(float[4, 4, 16] x) => (float[4, 4, 16] y)", constants,
                         R"(
    q0 = MatMul(x, wq) q1 = Reshape(q0, fours) q = Transpose<perm = [)" +
                             perms[0] + R"(]>(q1)
    k0 = MatMul(x, wk) k1 = Reshape(k0, fours) kt = Transpose<perm = [)" +
                             perms[1] + R"(]>(k1)
    v0 = MatMul(x, wv) v1 = Reshape(v0, fours) v = Transpose<perm = [)" +
                             perms[2] + R"(]>(v1)
    s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)
    o0 = MatMul(p, v) o1 = Transpose<perm = [)" +
                             perms[3] + R"(]>(o0) y = Reshape(o1, flat3))");
}

std::vector<std::string> all_permutations() {
  std::vector<std::string> all;
  std::array<int, 4> order = {0, 1, 2, 3};
  do {
    std::string text;
    for (const int k : order) text += (text.empty() ? "" : ", ") + std::to_string(k);
    all.push_back(text);
  } while (std::ranges::next_permutation(order).found);
  return all;
}

TEST(AttentionRefusals, EqualSizesProveNothing) {
  const std::array<std::string, 4> right = {"0, 2, 1, 3", "0, 2, 3, 1", "0, 2, 1, 3", "0, 2, 1, 3"};
  std::size_t fused = 0;
  for (std::size_t which = 0; which < right.size(); ++which)
    for (const std::string& perm : all_permutations()) {
      auto perms = right;
      perms[which] = perm;
      const auto original = test_support::model_of(permuted(perms));
      const auto model = test_support::model_of(permuted(perms));
      Facts facts;
      const auto changes = run_pass(Attention{}, *model, {}, facts);
      ASSERT_TRUE(changes.has_value());
      if (changes->count == 0) {
        EXPECT_FALSE(facts.misses.empty()) << perm;
        continue;
      }
      ++fused;
      EXPECT_TRUE(test_support::same_results(*original, *model)) << which << ": " << perm;
    }
  // Heads may be the inner digits of the features (columns of the weight are gathered then), and
  // rows may walk the batch where the batch walks rows: a Transpose brings them back. Both or
  // neither for each of the three operands; the result may be turned in any way.
  EXPECT_EQ(fused, 3U * 4U + 24U);
}

}  // namespace
}  // namespace ortopt
