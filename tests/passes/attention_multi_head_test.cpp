#include <gtest/gtest.h>

#include <string>

#include "ortopt/passes/attention.h"
#include "tests/support/attention_text.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

using test_support::attention_graph;
using test_support::AttentionNumbers;
using test_support::torch_operands;

const std::string scores = " s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)";
const std::string result = R"(
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))";

/// `q2`, `k2`, `v2` of [B, S, 8], keys and values from `z`.
std::string cross_operands() {
  return R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) q2 = Reshape(q1, split) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(z, wk) k1 = Add(bk, k0) k2 = Reshape(k1, split) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(z, wv) v1 = Add(bv, v0) v2 = Reshape(v1, split) v = Transpose<perm = [0, 2, 1, 3]>(v2)
  )";
}
const std::string projections = R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) k0 = MatMul(z, wk) k1 = Add(bk, k0) v0 = MatMul(z, wv) v1 = Add(bv, v0))";

std::string cross(const std::string& inputs, const std::string& body) {
  return attention_graph("(float[B, S, 8] x, float[B, T, 8] z" + inputs + ") => (float[B, S, 8] y)",
                         AttentionNumbers{}.text(), body);
}

TEST(AttentionMultiHead, KeysAndValuesFromAnotherSource) {
  EXPECT_REWRITE(
      Attention{}, cross("", cross_operands() + scores + result),
      cross("", projections + " y = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1)"));
}

/// One learned row that asks every batch row of z, as in SigLIP's and Perceiver's pooling.
std::string probed(const std::string& body, const std::string& numbers) {
  return attention_graph(
      "(float[B, T, 8] z) => (float[B, 1, 8] y)",
      numbers + R"(, float[1, 1, 8] probe = {1, 2, 3, 4, 4, 3, 2, 1}, int64[1] at0 = {0},
        int64[1] eight = {8})",
      R"( d = Shape(z) n = Gather<axis = 0>(d, at0) e = Concat<axis = 0>(n, at1, eight)
          x = Expand(probe, e))" +
          body);
}

TEST(AttentionMultiHead, AQueryThatIsOneRowForAllOfTheBatch) {
  EXPECT_REWRITE(
      Attention{}, probed(cross_operands() + scores + result, AttentionNumbers{}.text()),
      probed(projections + " y = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1)",
             AttentionNumbers{}.text()));
}

const std::string padding = R"(
    m0 = Unsqueeze(mask, at12) m1 = Cast<to = 1>(m0) m2 = Sub(one, m1) m = Mul(m2, low))";

// ONNX Runtime 1.20 takes a raw mask of T keys for one of S: there the mask is added.
TEST(AttentionMultiHead, PaddingOfTheOtherSource) {
  const std::string before =
      cross(", int64[B, T] mask", cross_operands() + padding +
                                      " s0 = MatMul(q, kt) s1 = Div(s0, c) s = Add(s1, m) "
                                      "p = Softmax(s)" +
                                      result);
  EXPECT_REWRITE(Attention{}, before,
                 cross(", int64[B, T] mask", projections + R"( i = Cast<to = 6>(mask)
    y = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1, , i))"),
                 PassOptions{.target = *Target::parse("any,ort=1.21")});
  EXPECT_REWRITE(
      Attention{}, before,
      attention_graph(
          "(float[B, S, 8] x, float[B, T, 8] z, int64[B, T] mask) => (float[B, S, 8] y)",
          AttentionNumbers{}.text() + ", int64[2] front = {1, 2}", projections + padding + R"(
    d = Shape(x) l = Gather<axis = 0>(d, at1) t = Concat<axis = 0>(front, l, at1) e = Expand(m, t)
    y = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1, , , e))"));
}

TEST(AttentionMultiHead, AScaleBehindTheProjection) {
  EXPECT_REWRITE(Attention{}, cross("", R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) qs = Mul(q1, half) q2 = Reshape(qs, split) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(z, wk) k1 = Add(bk, k0) k2 = Reshape(k1, split) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(z, wv) v1 = Add(bv, v0) v2 = Reshape(v1, split) v = Transpose<perm = [0, 2, 1, 3]>(v2)
    s = MatMul(q, kt) p = Softmax(s))" + result),
                 cross("", R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) qs = Mul(q1, half) k0 = MatMul(z, wk) k1 = Add(bk, k0)
    v0 = MatMul(z, wv) v1 = Add(bv, v0)
    y = com.microsoft.MultiHeadAttention<num_heads = 2, scale = 1.0>(qs, k1, v1))"));
}

TEST(AttentionMultiHead, OnRequest) {
  EXPECT_REWRITE(
      Attention{},
      attention_graph("(float[B, S, 8] x) => (float[B, S, 8] y)", AttentionNumbers{}.text(),
                      torch_operands() + scores + result),
      attention_graph("(float[B, S, 8] x) => (float[B, S, 8] y)", AttentionNumbers{}.text(), R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) k0 = MatMul(x, wk) k1 = Add(bk, k0) v0 = MatMul(x, wv) v1 = Add(bv, v0)
    y = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1))"),
      PassOptions{.use_multi_head_attention = true});
}

TEST(AttentionMultiHead, KeysThatAreAnOutputAreNotProjectedTwice) {
  const std::string signature =
      "(float[B, S, 8] x) => (float[B, S, 8] y, float[B, 2, 4, S] kt, float[B, 2, S, 4] v)";
  EXPECT_REWRITE(
      Attention{},
      attention_graph(signature, AttentionNumbers{}.text(), torch_operands() + scores + result),
      attention_graph(signature, AttentionNumbers{}.text(), R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0)
    k0 = MatMul(x, wk) k1 = Add(bk, k0) k2 = Reshape(k1, split) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(x, wv) v1 = Add(bv, v0) v2 = Reshape(v1, split) v = Transpose<perm = [0, 2, 1, 3]>(v2)
    y = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1))"));
}

/// A decoder step: keys and values are joined to those of earlier positions.
std::string cached(const std::string& key, const std::string& value, const std::string& mask = "") {
  return R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) q2 = Reshape(q1, split) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(x, wk) k1 = Add(bk, k0) k2 = Reshape(k1, split) k3 = Transpose<perm = [0, 2, 1, 3]>(k2)
    v0 = MatMul(x, wv) v1 = Add(bv, v0) v2 = Reshape(v1, split) v3 = Transpose<perm = [0, 2, 1, 3]>(v2)
    k = )" +
         key + " v = " + value + R"(
    kt = Transpose<perm = [0, 1, 3, 2]>(k) s0 = MatMul(q, kt) s1 = Div(s0, c))" +
         (mask.empty() ? " p = Softmax(s1)" : mask) + result;
}

const std::string cache_signature =
    "(float[B, S, 8] x, float[B, 2, P, 4] pk, float[B, 2, P, 4] pv) => "
    "(float[B, S, 8] y, float[B, 2, A, 4] k, float[B, 2, A, 4] v)";

TEST(AttentionMultiHead, PastAndPresent) {
  EXPECT_REWRITE(Attention{},
                 attention_graph(cache_signature, AttentionNumbers{}.text(),
                                 cached("Concat<axis = 2>(pk, k3)", "Concat<axis = -2>(pv, v3)")),
                 attention_graph(cache_signature, AttentionNumbers{}.text(), R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) k0 = MatMul(x, wk) k1 = Add(bk, k0) v0 = MatMul(x, wv) v1 = Add(bv, v0)
    y, k, v = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1, , , , pk, pv))"));
}

/// Queries stand behind the past.
const std::string causal_behind_past = R"(
    old = Shape<start = 2, end = 3>(pk) o = Squeeze(old) new = Shape<start = 1, end = 2>(x) n = Squeeze(new)
    total = Add(o, n) keys = Range(i0, total, i1) queries = Range(o, total, i1) rows = Unsqueeze(queries, at1)
    seen = LessOrEqual(keys, rows) s = Where(seen, s1, low) p = Softmax(s))";

std::string causal_with_past() {
  return attention_graph(
      cache_signature, AttentionNumbers{}.text() + ", int64 i0 = {0}, int64 i1 = {1}",
      cached("Concat<axis = 2>(pk, k3)", "Concat<axis = 2>(pv, v3)", causal_behind_past));
}

TEST(AttentionMultiHead, QueriesStandBehindThePast) {
  EXPECT_REWRITE(Attention{}, causal_with_past(),
                 attention_graph(cache_signature, AttentionNumbers{}.text(), R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) k0 = MatMul(x, wk) k1 = Add(bk, k0) v0 = MatMul(x, wv) v1 = Add(bv, v0)
    y, k, v = com.microsoft.MultiHeadAttention<num_heads = 2, unidirectional = 1>(q1, k1, v1, , , , pk, pv))"));
}

/// The cache is of another type than what is computed in.
std::string other_cache(int64_t type) {
  std::string body = cached("Cast<to = 1>(kd)", "Cast<to = 1>(vd)");
  const std::string to = std::to_string(type);
  body.insert(body.find("k = Cast"),
              " kw = Cast<to = " + to + ">(k3) kd = Concat<axis = 2>(pk, kw)" +
                  " vw = Cast<to = " + to + ">(v3) vd = Concat<axis = 2>(pv, vw) ");
  return body;
}

TEST(AttentionMultiHead, AWiderCacheIsJoinedBesideTheOperator) {
  const std::string signature =
      "(float[B, S, 8] x, double[B, 2, P, 4] pk, double[B, 2, P, 4] pv) => "
      "(float[B, S, 8] y, double[B, 2, A, 4] kd, double[B, 2, A, 4] vd)";
  EXPECT_REWRITE(Attention{},
                 attention_graph(signature, AttentionNumbers{}.text(), other_cache(11)),
                 attention_graph(signature, AttentionNumbers{}.text(), R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0)
    k0 = MatMul(x, wk) k1 = Add(bk, k0) k2 = Reshape(k1, split) k3 = Transpose<perm = [0, 2, 1, 3]>(k2)
    v0 = MatMul(x, wv) v1 = Add(bv, v0) v2 = Reshape(v1, split) v3 = Transpose<perm = [0, 2, 1, 3]>(v2)
    kw = Cast<to = 11>(k3) kd = Concat<axis = 2>(pk, kw)
    vw = Cast<to = 11>(v3) vd = Concat<axis = 2>(pv, vw)
    pkf = Cast<to = 1>(pk) pvf = Cast<to = 1>(pv)
    y, k, v = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1, , , , pkf, pvf))"));
}

TEST(AttentionMultiHead, ANarrowerCacheRoundsTheNewKeysAndIsRefused) {
  EXPECT_UNCHANGED(
      Attention{},
      attention_graph("(float[B, S, 8] x, float16[B, 2, P, 4] pk, float16[B, 2, P, 4] pv) => "
                      "(float[B, S, 8] y, float16[B, 2, A, 4] kd, float16[B, 2, A, 4] vd)",
                      AttentionNumbers{}.text(), other_cache(10)),
      "'pk' has another type than the queries");
}

TEST(AttentionMultiHead, CausalityNeedsARuntimeWhoseOperatorHasIt) {
  EXPECT_UNCHANGED(Attention{}, causal_with_past(),
                   "causal MultiHeadAttention needs ONNX Runtime 1.17",
                   PassOptions{.target = *Target::parse("any,ort=1.16")});
}

TEST(AttentionMultiHead, AMaskComputedFromTheJoinedKeysIsRefused) {
  const std::string mask = R"(
    sum = ReduceSum<keepdims = 1>(k, last) row = Transpose<perm = [0, 1, 3, 2]>(sum)
    s = Add(s1, row) p = Softmax(s))";
  EXPECT_UNCHANGED(
      Attention{},
      attention_graph(cache_signature, AttentionNumbers{}.text() + ", int64[1] last = {-1}",
                      cached("Concat<axis = 2>(pk, k3)", "Concat<axis = 2>(pv, v3)", mask)),
      "the bias is computed from a projection (disentangled or gated)");
  const std::string by_count = R"(
    d = Size(k) f = Cast<to = 1>(d) g = Expand(f, d3) s = Add(s1, g) p = Softmax(s))";
  EXPECT_UNCHANGED(
      Attention{},
      attention_graph("(float[1, 2, 8] x, float[1, 2, 2, 4] pk, float[1, 2, 2, 4] pv) => "
                      "(float[1, 2, 8] y, float[1, 2, 4, 4] k, float[1, 2, 4, 4] v)",
                      AttentionNumbers{}.text() + ", int64[4] d3 = {1, 1, 2, 4}",
                      cached("Concat<axis = 2>(pk, k3)", "Concat<axis = 2>(pv, v3)", by_count)),
      "'g' is computed from the keys that the operator would join");
}

/// Cross attention of a decoder that keeps the keys and values of its encoder.
const std::string kept_signature =
    "(float[B, S, 8] x, float[B, 2, T, 4] ek, float[B, 2, T, 4] ev) => (float[B, S, 8] y)";
const std::string kept_query =
    " q0 = MatMul(x, wq) q1 = Add(bq, q0) q2 = Reshape(q1, split)"
    " q = Transpose<perm = [0, 2, 1, 3]>(q2)";

TEST(AttentionMultiHead, KeysAndValuesThatAreKeptAreReadAsTheyAre) {
  const std::string after = attention_graph(kept_signature, AttentionNumbers{}.text(), R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0)
    y = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, ek, ev))");
  EXPECT_REWRITE(Attention{},
                 attention_graph(kept_signature, AttentionNumbers{}.text(), kept_query + R"(
    kt = Transpose<perm = [0, 1, 3, 2]>(ek) s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)
    o0 = MatMul(p, ev) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))"),
                 after);
  // Batch and heads as one dimension.
  const std::string folds = ", int64[3] fold = {-1, 5, 4}, int64[4] unfold = {3, 2, 5, 4}";
  const auto folded = [](const std::string& body, const std::string& constants) {
    return attention_graph(
        "(float[3, 5, 8] x, float[3, 2, 5, 4] ek, float[3, 2, 5, 4] ev) => (float[3, 5, 8] y)",
        AttentionNumbers{}.text() + constants, body);
  };
  EXPECT_REWRITE(Attention{},
                 folded(kept_query + R"(
    qf = Reshape(q, fold) kf = Reshape(ek, fold) vf = Reshape(ev, fold)
    kt = Transpose<perm = [0, 2, 1]>(kf) s0 = MatMul(qf, kt) s = Div(s0, c) p = Softmax(s)
    o = MatMul(p, vf) o0 = Reshape(o, unfold)
    o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))",
                        folds),
                 folded(R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0)
    y = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, ek, ev))",
                        ""));
}

/// Over kept keys and values `ek`, `ev` of these dimensions.
std::string over_kept(const std::string& dims) {
  return attention_graph(
      "(float[B, S, 8] x, float" + dims + " ek, float" + dims + " ev) => (float[B, S, 8] y)",
      AttentionNumbers{}.text(), kept_query + R"(
    kt = Transpose<perm = [0, 1, 3, 2]>(ek) s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)
    o0 = MatMul(p, ev) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))");
}

TEST(AttentionMultiHead, OneKeptHeadForAllIsRefused) {
  EXPECT_UNCHANGED(Attention{}, over_kept("[B, 1, T, 4]"),
                   "recognised, no operator yet: fewer kv heads than heads");
}

TEST(AttentionMultiHead, KeptKeysOfAnotherBatchAreRefused) {
  EXPECT_UNCHANGED(Attention{}, over_kept("[1, 2, T, 4]"),
                   "recognised, no operator yet: keys or values without a projection");
}

// A decoder step cuts its mask to the length of keys and past together.
TEST(AttentionMultiHead, AMaskThatReadsTheSizeOfTheJoinedKeysReadsItOfTheParts) {
  const std::string signature =
      "(float[B, 1, 8] x, float[B, 2, P, 4] pk, float[B, 2, P, 4] pv, float[1, 1, 1, 64] mask) => "
      "(float[B, 1, 8] y, float[B, 2, A, 4] k, float[B, 2, A, 4] v)";
  const auto cut = [](const std::string& size) {
    return R"(
    d = Shape)" +
           size +
           R"((k) l = Gather(d, of) e = Unsqueeze(l, at0) m = Slice(mask, at0, e, at3)
    s = Add(s1, m) p = Softmax(s))";
  };
  const auto numbers = [](const std::string& of) {
    return AttentionNumbers{}.text() + ", int64[1] at0 = {0}, int64[1] at3 = {3}, int64 of = {" +
           of + "}";
  };
  const auto fused = [](const std::string& size, const std::string& grows) {
    return "old = Shape" + size + "(pk) new = Shape" + size + "(k3) more = Mul(new, " + grows +
           R"() d = Add(old, more) l = Gather(d, of) e = Unsqueeze(l, at0)
    m = Slice(mask, at0, e, at3)
    q0 = MatMul(x, wq) q1 = Add(bq, q0) k0 = MatMul(x, wk) k1 = Add(bk, k0)
    k2 = Reshape(k1, split) k3 = Transpose<perm = [0, 2, 1, 3]>(k2) v0 = MatMul(x, wv) v1 = Add(bv, v0)
    y, k, v = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1, , , m, pk, pv))";
  };
  const auto joined = [&](const std::string& mask) {
    return cached("Concat<axis = 2>(pk, k3)", "Concat<axis = 2>(pv, v3)", mask);
  };
  EXPECT_REWRITE(Attention{}, attention_graph(signature, numbers("2"), joined(cut(""))),
                 attention_graph(signature, numbers("2") + ", int64[4] grows = {0, 0, 1, 0}",
                                 fused("", "grows")));
  EXPECT_REWRITE(Attention{},
                 attention_graph(signature, numbers("1"), joined(cut("<start = -3, end = 3>"))),
                 attention_graph(signature, numbers("1") + ", int64[2] grows = {0, 1}",
                                 fused("<start = 1, end = 3>", "grows")));
}

TEST(AttentionMultiHead, APastBehindTheNewKeysIsRefused) {
  EXPECT_UNCHANGED(Attention{},
                   attention_graph(cache_signature, AttentionNumbers{}.text(),
                                   cached("Concat<axis = 2>(k3, pk)", "Concat<axis = 2>(v3, pv)")),
                   "mixes two views of one projection");
}

TEST(AttentionMultiHead, APastJoinedAlongTheFeaturesIsRefused) {
  EXPECT_UNCHANGED(
      Attention{},
      attention_graph("(float[B, 3, 8] x, float[B, 2, 3, 4] pv) => (float[B, 3, 16] y)",
                      AttentionNumbers{}.text() + ", int64[3] wide = {0, 0, 16}",
                      torch_operands() + scores + R"(
    vv = Concat<axis = 3>(pv, v) o0 = MatMul(p, vv) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, wide))"),
      "a feature axis is not that of the projection found");
}

// SqueezeBERT projects by convolutions of width 1, with features in front of positions.
TEST(AttentionMultiHead, ProjectionsThatAreConvolutions) {
  const test_support::Numbers weight = test_support::Numbers::of({8, 8, 1}, 1);
  const std::string signature = "(float[B, 8, 5] x) => (float[B, 8, 5] y)";
  const std::string constants = weight.text("wq") + ", " +
                                test_support::Numbers::of({8, 8, 1}, 2).text("wk") + ", " +
                                test_support::Numbers::of({8, 8, 1}, 3).text("wv") + ", " +
                                test_support::Numbers::of({8}, 4).text("bq");
  const std::string convolutions = " q0 = Conv(x, wq, bq) k0 = Conv(x, wk) v0 = Conv(x, wv)";
  EXPECT_REWRITE(
      Attention{},
      attention_graph(signature,
                      constants + ", int64[4] heads = {0, 2, 4, 5}, int64[3] whole = {0, 8, 5}",
                      convolutions + R"(
    q1 = Reshape(q0, heads) q = Transpose<perm = [0, 1, 3, 2]>(q1) kt = Reshape(k0, heads)
    v1 = Reshape(v0, heads) v = Transpose<perm = [0, 1, 3, 2]>(v1)
    s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s) o0 = MatMul(p, v)
    o1 = Transpose<perm = [0, 1, 3, 2]>(o0) y = Reshape(o1, whole))"),
      attention_graph(signature, constants, convolutions + R"(
    q1 = Transpose<perm = [0, 2, 1]>(q0) k1 = Transpose<perm = [0, 2, 1]>(k0)
    v1 = Transpose<perm = [0, 2, 1]>(v0)
    a = com.microsoft.MultiHeadAttention<num_heads = 2>(q1, k1, v1)
    y = Transpose<perm = [0, 2, 1]>(a))"));
}

}  // namespace
}  // namespace ortopt
