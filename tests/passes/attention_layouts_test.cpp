#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ortopt/passes/attention.h"
#include "tests/passes/unmasked_attention.h"
#include "tests/support/attention_text.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

using test_support::attention_graph;
using test_support::AttentionNumbers;
using test_support::Numbers;
using test_support::side_by_side;
using test_support::torch_operands;
using unmasked_attention::fused;
using unmasked_attention::graph;
using unmasked_attention::graph_of_five;
using unmasked_attention::torch_result;
using unmasked_attention::torch_scores;

TEST(AttentionLayouts, BatchAndHeadsMerged) {
  EXPECT_REWRITE(Attention{},
                 graph_of_five(AttentionNumbers{}.text() + R"(, int64[3] joined = {-1, 5, 4},
                       int64[4] parted = {-1, 2, 5, 4})",
                               R"(
    q0 = MatMul(x, wq) q1 = Add(q0, bq) q2 = Mul(q1, half) q3 = Reshape(q2, split) q4 = Transpose<perm = [0, 2, 1, 3]>(q3) q = Reshape(q4, joined)
    k0 = MatMul(x, wk) k1 = Add(k0, bk) k2 = Reshape(k1, split) k3 = Transpose<perm = [0, 2, 1, 3]>(k2) k = Reshape(k3, joined) kt = Transpose<perm = [0, 2, 1]>(k)
    v0 = MatMul(x, wv) v1 = Add(v0, bv) v2 = Reshape(v1, split) v3 = Transpose<perm = [0, 2, 1, 3]>(v2) v = Reshape(v3, joined)
    s = MatMul(q, kt) p = Softmax(s) o0 = MatMul(p, v) o1 = Reshape(o0, parted)
    o2 = Transpose<perm = [0, 2, 1, 3]>(o1) y = Reshape(o2, merge))"),
                 fused({}, "5"));
}

TEST(AttentionLayouts, ScoresTransposed) {
  EXPECT_REWRITE(Attention{}, graph(AttentionNumbers{}.text(), R"(
    q0 = MatMul(x, wq) q1 = Add(q0, bq) q2 = Reshape(q1, split) qt = Transpose<perm = [0, 2, 3, 1]>(q2)
    k0 = MatMul(x, wk) k1 = Add(k0, bk) k2 = Reshape(k1, split) k = Transpose<perm = [0, 2, 1, 3]>(k2)
    v0 = MatMul(x, wv) v1 = Add(v0, bv) v2 = Reshape(v1, split) vt = Transpose<perm = [0, 2, 3, 1]>(v2)
    s0 = MatMul(k, qt) s = Mul(s0, half) p = Softmax<axis = 2>(s) o0 = MatMul(vt, p)
    o1 = Transpose<perm = [0, 3, 1, 2]>(o0) y = Reshape(o1, merge))"),
                 fused());
}

TEST(AttentionLayouts, Einsum) {
  AttentionNumbers numbers;
  numbers.wq = numbers.wq.reshaped({8, 2, 4});
  numbers.wk = numbers.wk.reshaped({8, 2, 4});
  numbers.wv = numbers.wv.reshaped({8, 2, 4});
  numbers.bq = numbers.bq.reshaped({2, 4});
  numbers.bk = numbers.bk.reshaped({2, 4});
  numbers.bv = numbers.bv.reshaped({2, 4});
  EXPECT_REWRITE(Attention{}, graph(numbers.text(), R"(
    q0 = Einsum<equation = "abc,cde->abde">(x, wq) q1 = Add(q0, bq) q = Mul(q1, half)
    k0 = Einsum<equation = "abc,cde->abde">(x, wk) k = Add(k0, bk)
    v0 = Einsum<equation = "abc, cde -> abde">(x, wv) v = Add(v0, bv)
    s = Einsum<equation = "aecd,abcd->acbe">(k, q) p = Softmax<axis = 3>(s)
    o = Einsum<equation = "acbe,aecd->abcd">(p, v) y = Reshape(o, merge))"),
                 fused());
}

TEST(AttentionLayouts, TheOutputWeightMergesTheHeads) {
  EXPECT_REWRITE(Attention{},
                 graph(AttentionNumbers{}.text() + ", " + Numbers::of({2, 4, 8}, 9).text("wo"),
                       torch_operands() + torch_scores + R"(
    o = MatMul(p, v) y = Einsum<equation = "bnsd,ndh->bsh">(o, wo))"),
                 "g (float[B, S, 8] x) => (float[B, S, 8] y) <" + AttentionNumbers{}.packed() +
                     ", int64[4] split = {0, 0, 2, 4}, " + Numbers::of({2, 4, 8}, 9).text("wo") +
                     R"(> {
    a = com.microsoft.Attention<num_heads = 2>(x, w, b) h = Reshape(a, split)
    o = Transpose<perm = [0, 2, 1, 3]>(h) y = Einsum<equation = "bnsd,ndh->bsh">(o, wo) })");
}

std::string packed_graph(const Numbers& w, const Numbers& b, const std::string& constants,
                         const std::string& body) {
  return graph(w.text("w") + ", " + b.text("b") + constants, body);
}

TEST(AttentionLayouts, PackedAndSplitKeepsTheGraphsOwnWeight) {
  const AttentionNumbers numbers;
  EXPECT_REWRITE(Attention{},
                 packed_graph(side_by_side({numbers.wq, numbers.wk, numbers.wv}),
                              side_by_side({numbers.bq, numbers.bk, numbers.bv}),
                              ", int64[3] thirds = {8, 8, 8}",
                              R"(
    t0 = MatMul(x, w) t = Add(t0, b) q1, k1, v1 = Split<axis = 2>(t, thirds)
    q2 = Reshape(q1, split) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k2 = Reshape(k1, split) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v2 = Reshape(v1, split) v = Transpose<perm = [0, 2, 1, 3]>(v2))" +
                                  torch_scores + torch_result),
                 fused());
}

TEST(AttentionLayouts, PackedWithTheThreeOutermost) {
  const AttentionNumbers numbers;
  EXPECT_REWRITE(Attention{},
                 packed_graph(side_by_side({numbers.wq, numbers.wk, numbers.wv}),
                              side_by_side({numbers.bq, numbers.bk, numbers.bv}),
                              ", int64[5] five = {0, 0, 3, 2, 4}, int64 i0 = {0}, int64 i1 = {1}, "
                              "int64 i2 = {2}",
                              R"(
    t0 = MatMul(x, w) t1 = Add(t0, b) t2 = Reshape(t1, five) t = Transpose<perm = [2, 0, 3, 1, 4]>(t2)
    q = Gather(t, i0) k = Gather(t, i1) v = Gather(t, i2) kt = Transpose<perm = [0, 1, 3, 2]>(k))" +
                                  torch_scores + torch_result),
                 fused());
}

TEST(AttentionLayouts, PackedWithTheThreeInsideEachHead) {
  const AttentionNumbers numbers;
  // Columns of head 0 of q, k, v, then of head 1.
  const std::vector<int64_t> order = {0, 1, 2, 3, 8,  9,  10, 11, 16, 17, 18, 19,
                                      4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23};
  EXPECT_REWRITE(Attention{},
                 packed_graph(side_by_side({numbers.wq, numbers.wk, numbers.wv}).taken(order),
                              side_by_side({numbers.bq, numbers.bk, numbers.bv}).taken(order),
                              ", int64[4] wide = {0, 0, 2, 12}, int64[3] fours = {4, 4, 4}",
                              R"(
    t0 = MatMul(x, w) t1 = Add(t0, b) t2 = Reshape(t1, wide) q1, k1, v1 = Split<axis = 3>(t2, fours)
    q = Transpose<perm = [0, 2, 1, 3]>(q1) kt = Transpose<perm = [0, 2, 3, 1]>(k1)
    v = Transpose<perm = [0, 2, 1, 3]>(v1))" +
                                  torch_scores + torch_result),
                 fused());
}

TEST(AttentionLayouts, ShapesComputedFromAnyValue) {
  EXPECT_REWRITE(Attention{},
                 graph(AttentionNumbers{}.text() + R"(, int64 i0 = {0}, int64 i1 = {1},
                       int64[1] a0 = {0}, int64[1] two = {2}, int64[1] rest = {-1}, int64[1] eight = {8})",
                       R"(
    shape = Shape(x) n0 = Gather(shape, i0) n1 = Gather(shape, i1) u0 = Unsqueeze(n0, a0) u1 = Unsqueeze(n1, a0)
    heads = Concat<axis = 0>(u0, u1, two, rest) whole = Concat<axis = 0>(u0, rest, eight)
    q0 = MatMul(x, wq) q1 = Add(bq, q0) q2 = Reshape(q1, heads) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(x, wk) k1 = Add(bk, k0) k2 = Reshape(k1, heads) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(x, wv) v1 = Add(bv, v0) v2 = Reshape(v1, heads) v = Transpose<perm = [0, 2, 1, 3]>(v2))" +
                           torch_scores + R"(
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, whole))"),
                 fused());
}

TEST(AttentionLayouts, AFlatStreamIsReshapedOnBothSides) {
  const std::string signature = "(int64[B, S] ids, float[N, 8] table) => (float[M, 8] y)";
  EXPECT_REWRITE(
      Attention{},
      attention_graph(signature,
                      AttentionNumbers{}.text() + ", int64[1] two = {2}, int64[1] four = {4}",
                      R"(
    x3 = Gather(table, ids) x = Reshape(x3, flat)
    shape = Shape(ids) heads = Concat<axis = 0>(shape, two, four)
    q0 = MatMul(x, wq) q1 = Add(q0, bq) q2 = Reshape(q1, heads) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(x, wk) k1 = Add(k0, bk) k2 = Reshape(k1, heads) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(x, wv) v1 = Add(v0, bv) v2 = Reshape(v1, heads) v = Transpose<perm = [0, 2, 1, 3]>(v2))" +
                          torch_scores + R"(
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, flat))"),
      attention_graph(signature, AttentionNumbers{}.packed(), R"(
    x = Gather(table, ids) a = com.microsoft.Attention<num_heads = 2>(x, w, b) y = Reshape(a, flat))"));
}

/// As torch.nn.MultiheadAttention has it: length first, batch and heads merged.
std::string length_first(const std::string& source, const std::string& result) {
  return graph_of_five(AttentionNumbers{}.text() + R"(, int64[3] joined = {5, -1, 4},
                       int64[4] parted = {-1, 2, 5, 4}, int64[3] out = {5, -1, 8})",
                       source + R"(
    q0 = MatMul(t, wq) q1 = Add(q0, bq) q2 = Reshape(q1, joined) q3 = Transpose<perm = [1, 0, 2]>(q2) q = Reshape(q3, parted)
    k0 = MatMul(t, wk) k1 = Add(k0, bk) k2 = Reshape(k1, joined) k3 = Transpose<perm = [1, 0, 2]>(k2) k = Reshape(k3, parted) kt = Transpose<perm = [0, 1, 3, 2]>(k)
    v0 = MatMul(t, wv) v1 = Add(v0, bv) v2 = Reshape(v1, joined) v3 = Transpose<perm = [1, 0, 2]>(v2) v = Reshape(v3, parted)
    s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s) o0 = MatMul(p, v))" +
                           result);
}

TEST(AttentionLayouts, LengthFirst) {
  const std::string merged = R"(
    o1 = Transpose<perm = [2, 0, 1, 3]>(o0) o2 = Reshape(o1, out) y = Transpose<perm = [1, 0, 2]>(o2))";
  EXPECT_REWRITE(Attention{}, length_first("t = Transpose<perm = [1, 0, 2]>(x)", merged),
                 fused({}, "5"));
}

TEST(AttentionLayouts, ALengthFirstSourceIsTurned) {
  const std::string shapes = "(float[5, B, 8] t) => (float[5, B, 8] y)";
  std::string with = length_first("", R"(
    o1 = Transpose<perm = [2, 0, 1, 3]>(o0) y = Reshape(o1, out))");
  with.replace(with.find("(float"), with.find(" <") - with.find("(float"), shapes);
  EXPECT_REWRITE(Attention{}, with, "g " + shapes + " <" + AttentionNumbers{}.packed() + R"(> {
    x = Transpose<perm = [1, 0, 2]>(t)
    a = com.microsoft.Attention<num_heads = 2>(x, w, b)
    y = Transpose<perm = [1, 0, 2]>(a) })");
}

// ConvBERT joins heads of another kind to these before it merges them.
TEST(AttentionLayouts, HeadsThatAreNotMerged) {
  const std::string signature = "(float[B, S, 8] x) => (float[B, S, 2, 4] y)";
  EXPECT_REWRITE(
      Attention{},
      attention_graph(signature, AttentionNumbers{}.text(), torch_operands() + torch_scores + R"(
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Relu(o1))"),
      attention_graph(signature, AttentionNumbers{}.packed(), R"(
    a = com.microsoft.Attention<num_heads = 2>(x, w, b) o = Reshape(a, split) y = Relu(o))"));
}

}  // namespace
}  // namespace ortopt
