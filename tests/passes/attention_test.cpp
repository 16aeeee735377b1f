#include "ortopt/passes/attention.h"

#include <gtest/gtest.h>

#include <string>

#include "ortopt/pass/pass_manager.h"
#include "tests/passes/unmasked_attention.h"
#include "tests/support/attention_text.h"
#include "tests/support/graph_text.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

using test_support::attention_graph;
using test_support::AttentionNumbers;
using test_support::Numbers;
using test_support::torch_operands;
using unmasked_attention::fused;
using unmasked_attention::graph;
using unmasked_attention::graph_of_five;
using unmasked_attention::torch_result;
using unmasked_attention::torch_scores;

/// `fused` when the biases are these.
std::string fused_with(Numbers bq, Numbers bk, Numbers bv) {
  AttentionNumbers numbers;
  numbers.bq = std::move(bq);
  numbers.bk = std::move(bk);
  numbers.bv = std::move(bv);
  return fused(numbers);
}

TEST(Attention, TorchScript) {
  EXPECT_REWRITE(Attention{},
                 graph(AttentionNumbers{}.text(), torch_operands() + torch_scores + torch_result),
                 fused());
}

TEST(Attention, ScaleOnTheQueryAfterOrBeforeItsBias) {
  const auto with = [](const std::string& query) {
    return graph(AttentionNumbers{}.text(), query + R"(
    q = Transpose<perm = [0, 2, 1, 3]>(q3)
    k0 = MatMul(x, wk) k1 = Add(k0, bk) k2 = Reshape(k1, split) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(x, wv) v1 = Add(v0, bv) v2 = Reshape(v1, split) v = Transpose<perm = [0, 2, 1, 3]>(v2)
    s = MatMul(q, kt) p = Softmax<axis = 3>(s))" +
                                                torch_result);
  };
  EXPECT_REWRITE(Attention{},
                 with("q0 = MatMul(x, wq) q1 = Add(q0, bq) q2 = Mul(q1, half) "
                      "q3 = Reshape(q2, split)"),
                 fused());
  const AttentionNumbers numbers;
  EXPECT_REWRITE(Attention{},
                 with("q0 = MatMul(x, wq) q1 = Mul(half, q0) q2 = Add(q1, bq) "
                      "q3 = Reshape(q2, split)"),
                 fused_with(numbers.bq.times(2), numbers.bk, numbers.bv));
}

TEST(Attention, SquareRootOfTheScaleOnBothSides) {
  EXPECT_REWRITE(Attention{},
                 graph(AttentionNumbers{}.text() + ", float r = {0.5}", torch_operands() + R"(
    qs = Mul(q, r) ks = Mul(kt, r) s = MatMul(qs, ks) p = Softmax(s))" + torch_result),
                 "g (float[B, S, 8] x) => (float[B, S, 8] y) <" + AttentionNumbers{}.packed() +
                     "> { y = com.microsoft.Attention<num_heads = 2, scale = 0.25>(x, w, b) }");
}

TEST(Attention, BiasAfterTheSplitOrInAGemm) {
  const AttentionNumbers numbers;
  AttentionNumbers split = numbers;
  split.bq = numbers.bq.reshaped({2, 4});
  split.bk = numbers.bk.reshaped({1, 1, 2, 4});
  EXPECT_REWRITE(Attention{}, graph(split.text(), R"(
    q0 = MatMul(x, wq) q1 = Reshape(q0, split) q2 = Add(q1, bq) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(x, wk) k1 = Reshape(k0, split) k2 = Add(bk, k1) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(x, wv) v1 = Reshape(v0, split) v = Transpose<perm = [0, 2, 1, 3]>(v1)
    )" + torch_scores + torch_result),
                 fused_with(numbers.bq, numbers.bk, Numbers{{8}, std::vector<double>(8, 0.0)}));
  AttentionNumbers turned = numbers;
  turned.wq = numbers.wq.turned();
  EXPECT_REWRITE(Attention{},
                 graph_of_five(turned.text() + ", int64[4] deep = {-1, 5, 2, 4}, "
                                               "int64[3] out = {-1, 5, 8}",
                               R"(
    r = Reshape(x, flat)
    q0 = Gemm<transB = 1>(r, wq, bq) q1 = Reshape(q0, deep) q = Transpose<perm = [0, 2, 1, 3]>(q1)
    k0 = Gemm(r, wk, bk) k1 = Reshape(k0, deep) kt = Transpose<perm = [0, 2, 3, 1]>(k1)
    v0 = Gemm(r, wv, bv) v1 = Reshape(v0, deep) v = Transpose<perm = [0, 2, 1, 3]>(v1)
    s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, out))"),
                 fused({}, "5"));
}

TEST(Attention, SoftmaxInPieces) {
  const std::string pieces = R"(
    s0 = MatMul(q, kt) s = Div(s0, c) top = ReduceMax<axes = [-1]>(s) t = Sub(s, top) e = Exp(t)
    total = ReduceSum(e, last) p = Div(e, total))";
  EXPECT_REWRITE(Attention{},
                 graph(AttentionNumbers{}.text() + ", int64[1] last = {-1}",
                       torch_operands() + pieces + torch_result),
                 fused());
}

TEST(Attention, HalfPrecisionStaysHalf) {
  const std::string sixteen =
      R"(int64[4] split = {0, 0, 2, 4}, int64[3] merge = {0, 0, 8}, float16 c = {16384})";
  EXPECT_REWRITE(
      Attention{},
      "g (float16[B, S, 8] x) => (float16[B, S, 8] y) <" + AttentionNumbers{}.text("float16") +
          ", " + sixteen + "> {" + torch_operands() + torch_scores + torch_result + "}",
      "g (float16[B, S, 8] x) => (float16[B, S, 8] y) <" + AttentionNumbers{}.packed("float16") +
          "> { y = com.microsoft.Attention<num_heads = 2>(x, w, b) }");
}

/// What the runtime makes of half floats without kernels of its own.
TEST(Attention, CastsAroundRearrangementsAreReadThrough) {
  const std::string numbers = AttentionNumbers{}.text() + ", int64[1] last = {-1}";
  const std::string half = "(float[B, S, 8] x) => (float16[B, S, 8] y)";
  EXPECT_REWRITE(Attention{}, attention_graph(half, numbers, R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) q2 = Cast<to = 10>(q1) q3 = Reshape(q2, split)
    q4 = Transpose<perm = [0, 2, 1, 3]>(q3) q = Cast<to = 1>(q4)
    k0 = MatMul(x, wk) k1 = Add(bk, k0) k2 = Cast<to = 10>(k1) k3 = Reshape(k2, split)
    k4 = Transpose<perm = [0, 2, 3, 1]>(k3) kt = Cast<to = 1>(k4)
    v0 = MatMul(x, wv) v1 = Add(bv, v0) v2 = Cast<to = 10>(v1) v3 = Reshape(v2, split)
    v4 = Transpose<perm = [0, 2, 1, 3]>(v3) v = Cast<to = 1>(v4)
    s0 = MatMul(q, kt) s = Div(s0, c) top = ReduceMax<axes = [-1]>(s) t = Sub(s, top) e = Exp(t)
    total = ReduceSum(e, last) p = Div(e, total)
    o0 = MatMul(p, v) o1 = Cast<to = 10>(o0) o2 = Transpose<perm = [0, 2, 1, 3]>(o1) y = Reshape(o2, merge))"),
                 attention_graph(half, AttentionNumbers{}.packed(), R"(
    o = com.microsoft.Attention<num_heads = 2>(x, w, b) y = Cast<to = 10>(o))"));
}

TEST(Attention, ScoresOfAWiderTypeThanTheProjectionsStay) {
  EXPECT_UNCHANGED(Attention{},
                   attention_graph("(float16[B, S, 8] x) => (float16[B, S, 8] y)",
                                   AttentionNumbers{}.text("float16"), R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) q2 = Reshape(q1, split)
    q3 = Transpose<perm = [0, 2, 1, 3]>(q2) q = Cast<to = 1>(q3)
    k0 = MatMul(x, wk) k1 = Add(bk, k0) k2 = Reshape(k1, split)
    k3 = Transpose<perm = [0, 2, 3, 1]>(k2) kt = Cast<to = 1>(k3)
    v0 = MatMul(x, wv) v1 = Add(bv, v0) v2 = Reshape(v1, split)
    v3 = Transpose<perm = [0, 2, 1, 3]>(v2) v = Cast<to = 1>(v3)
    s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)
    o0 = MatMul(p, v) o1 = Cast<to = 10>(o0) o2 = Transpose<perm = [0, 2, 1, 3]>(o1) y = Reshape(o2, merge))"),
                   "'x' has another type than the scores are computed in");
}

TEST(Attention, ValuesOfAnotherSize) {
  AttentionNumbers numbers;
  numbers.wv = Numbers::of({8, 4}, 3);
  numbers.bv = Numbers::of({4}, 6);
  EXPECT_REWRITE(Attention{},
                 attention_graph("(float[B, S, 8] x) => (float[B, S, 4] y)",
                                 numbers.text() + ", int64[4] narrow = {0, 0, 2, 2}, "
                                                  "int64[3] four = {0, 0, 4}",
                                 R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) q2 = Reshape(q1, split) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(x, wk) k1 = Add(bk, k0) k2 = Reshape(k1, split) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(x, wv) v1 = Add(bv, v0) v2 = Reshape(v1, narrow) v = Transpose<perm = [0, 2, 1, 3]>(v2))" +
                                     torch_scores + R"(
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, four))"),
                 "g (float[B, S, 8] x) => (float[B, S, 4] y) <" + numbers.packed() + R"(> {
    y = com.microsoft.Attention<num_heads = 2, qkv_hidden_sizes: ints = [8, 8, 4]>(x, w, b) })");
}

TEST(Attention, HintsThatContradictTheGraphAreWarnings) {
  const auto model = test_support::model_of(
      graph(AttentionNumbers{}.text(), torch_operands() + torch_scores + torch_result));
  Facts facts;
  const PassOptions options{.hints = {.num_heads = 4, .hidden_size = 16}};
  ASSERT_TRUE(run_pass(Attention{}, *model, options, facts).has_value());
  EXPECT_TRUE(test_support::same_graph(fused(), model->graph()));
  ASSERT_EQ(facts.warnings.size(), 2U);
  EXPECT_EQ(facts.warnings[0],
            "num_heads is stated as 4, the graph has 2 heads of 4 (softmax 'p')");
  EXPECT_EQ(facts.warnings[1],
            "hidden_size is stated as 16, attention reads 8 features (softmax 'p')");
}

/// Rows that are copied for each entry of the batch, as class tokens are.
std::string copied_rows(const std::string& numbers, const std::string& body) {
  return attention_graph(
      "(float[B, 3] z) => (float[B, 3, 8] y)",
      numbers + R"(, float[1, 3, 8] rows = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 1, 2,
        1, 2, 1, 2, 8, 7, 6, 5, 4, 3, 2, 1}, int64[1] eight = {8})",
      " d = Shape(z) e = Concat<axis = 0>(d, eight) x = Expand(rows, e) " + body);
}

TEST(Attention, ABatchThatIsMadeByCopyingIsNoRepetitionOfHeads) {
  EXPECT_REWRITE(Attention{}, copied_rows(AttentionNumbers{}.text(), torch_operands() + R"(
    s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))"),
                 copied_rows(AttentionNumbers{}.packed(),
                             " y = com.microsoft.Attention<num_heads = 2>(x, w, b)"));
}

}  // namespace
}  // namespace ortopt
