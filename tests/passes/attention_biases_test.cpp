#include <gtest/gtest.h>

#include <string>

#include "ortopt/passes/attention.h"
#include "tests/passes/masked_attention.h"
#include "tests/support/attention_text.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

using masked_attention::causal;
using masked_attention::fused;
using masked_attention::lowest;
using masked_attention::masked;
using masked_attention::range_ends;
using masked_attention::result;
using masked_attention::scaled;
using test_support::attention_graph;
using test_support::AttentionNumbers;
using test_support::torch_operands;

TEST(AttentionBiases, RelativePositionsAreAddedAsTheyAre) {
  EXPECT_REWRITE(Attention{}, masked(", float[1, 2, S, S] positions", " s = Add(positions, s1)"),
                 fused(", float[1, 2, S, S] positions", R"(
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , positions))"));
  EXPECT_REWRITE(Attention{}, masked(", float[2, S, S] positions", " s = Sub(s1, positions)"),
                 fused(", float[2, S, S] positions", R"(
    n = Neg(positions) e = Expand(n, ones)
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))",
                       ", int64[4] ones = {1, 1, 1, 1}"));
}

std::string expanded_bias(const std::string& front) {
  return fused(", float[B, 1, 1, S] bias", R"(
    d = Shape(x) l = Gather<axis = 0>(d, at1) t = Concat<axis = 0>(front, l, at1)
    e = Expand(bias, t) y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))",
               ", int64[2] front = " + front);
}

// ONNX Runtime 1.20 reads [B > 1, 1, S, S] beyond its end: there the heads are spelled out.
TEST(AttentionBiases, ABiasIsExpandedToTheQueries) {
  const std::string before = masked(", float[B, 1, 1, S] bias", " s = Add(s1, bias)");
  EXPECT_REWRITE(Attention{}, before, expanded_bias("{1, 2}"));
  EXPECT_REWRITE(Attention{}, before, expanded_bias("{1, 1}"),
                 PassOptions{.target = *Target::parse("any,ort=1.21")});
}

TEST(AttentionBiases, BiasAndPaddingTogetherAreOneBias) {
  EXPECT_REWRITE(Attention{}, masked(", float[1, 2, S, S] positions, float[B, 1, 1, S] pad", R"(
    s2 = Add(s1, positions) s = Add(s2, pad))"),
                 fused(", float[1, 2, S, S] positions, float[B, 1, 1, S] pad", R"(
    e = Add(pad, positions) y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))"));
}

TEST(AttentionBiases, ACausalWhereBesideABias) {
  EXPECT_REWRITE(Attention{},
                 masked(", float[1, 2, S, S] positions", causal + R"(
    s2 = Where(seen, s1, low) s = Add(s2, positions))",
                        range_ends),
                 fused(", float[1, 2, S, S] positions", R"(
    y = com.microsoft.Attention<num_heads = 2, unidirectional = 1>(x, w, b, , , positions))"));
}

const std::string window = R"(
    shape = Shape(x) n = Gather(shape, i1) r = Range(i0, n, i1) rows = Unsqueeze(r, at1)
    back = Sub(rows, r) near = LessOrEqual(back, three))";

TEST(AttentionBiases, AWindowIsAddedInsteadOfReplacing) {
  EXPECT_REWRITE(
      Attention{},
      masked("", window + " s = Where(near, s1, low)", range_ends + ", int64 three = {3}"),
      fused("", window + R"(
    m = Where(near, none, low) e = Expand(m, ones)
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))",
            range_ends + ", int64 three = {3}, float none = {0}, int64[4] ones = {1, 1, 1, 1}"));
}

TEST(AttentionBiases, AWindowThatMultipliesIsRefused) {
  EXPECT_UNCHANGED(Attention{},
                   masked("", window + R"(
    f = Cast<to = 1>(near) z = Mul(s1, f) u = Sub(one, f) l = Mul(u, low) s = Add(z, l))",
                          range_ends + ", int64 three = {3}"),
                   "not added as it is: it multiplies the scores");
}

TEST(AttentionBiases, AFillThatHidesNothingIsRefused) {
  EXPECT_UNCHANGED(
      Attention{},
      masked("", window + " s = Where(near, s1, one)", range_ends + ", int64 three = {3}"),
      "it does not replace to hide");
}

TEST(AttentionBiases, AMaskForAllBatchesIsAdded) {
  EXPECT_REWRITE(Attention{},
                 masked(", bool[1, S] mask", R"(
    m0 = Unsqueeze(mask, at12) s = Where(m0, s1, lowest))",
                        lowest),
                 fused(", bool[1, S] mask", R"(
    m0 = Unsqueeze(mask, at12) m = Where(m0, none, lowest)
    d = Shape(x) l = Gather<axis = 0>(d, at1) t = Concat<axis = 0>(ones, l, at1) e = Expand(m, t)
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))",
                       ", float none = {0}, int64[2] ones = {1, 1}" + lowest));
}

TEST(AttentionBiases, PaddingBesideAWindow) {
  EXPECT_REWRITE(
      Attention{},
      masked(", int32[B, S] mask", window + R"(
    s2 = Where(near, s1, lowest) m0 = Unsqueeze(mask, at12) m1 = Cast<to = 1>(m0)
    m2 = Sub(one, m1) m = Mul(m2, low) s = Add(s2, m))",
             range_ends + ", int64 three = {3}" + lowest),
      fused(", int32[B, S] mask", window + R"(
    t = Where(near, none, lowest) e = Expand(t, ones)
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, mask, , e))",
            range_ends + ", int64 three = {3}, float none = {0}, int64[4] ones = {1, 1, 1, 1}" +
                lowest));
}

/// Five positions, and scores `s1` that become `s` by way of another shape.
std::string reshaped(const std::string& input, const std::string& body, const std::string& shapes) {
  return attention_graph("(float[B, 5, 8] x, " + input + ") => (float[B, 5, 8] y)",
                         AttentionNumbers{}.text() + shapes,
                         torch_operands() + scaled + body + result);
}

std::string fused_of_five(const std::string& input, const std::string& body,
                          const std::string& constants) {
  return attention_graph("(float[B, 5, 8] x, " + input + ") => (float[B, 5, 8] y)",
                         AttentionNumbers{}.packed() + constants, body);
}

// BLOOM adds its positions where batch and heads are one dimension.
TEST(AttentionBiases, ABiasOfBatchTimesHeads) {
  EXPECT_REWRITE(
      Attention{},
      reshaped("float[B, 2, 5] slopes", R"(
    r = Reshape(s1, joined) t = Reshape(slopes, rows) a = Add(t, r) s = Reshape(a, parted))",
               ", int64[3] joined = {-1, 5, 5}, int64[4] parted = {-1, 2, 5, 5}, "
               "int64[3] rows = {-1, 1, 5}"),
      fused_of_five("float[B, 2, 5] slopes", R"(
    t = Reshape(slopes, rows) p = Reshape(t, parted) e = Expand(p, queries)
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))",
                    ", int64[4] parted = {-1, 2, 1, 5}, int64[4] queries = {1, 1, 5, 1}, "
                    "int64[3] rows = {-1, 1, 5}"));
}

// Swin adds a mask for each window where the batch is apart from the windows.
TEST(AttentionBiases, ABiasForAPartOfTheBatch) {
  const std::string split = ", int64[5] deep = {-1, 3, 2, 5, 5}, int64[4] parted = {-1, 2, 5, 5}";
  const std::string body = " r = Reshape(s1, deep) a = Add(r, windows) s = Reshape(a, parted)";
  EXPECT_REWRITE(
      Attention{},
      attention_graph("(float[6, 5, 8] x, float[1, 3, 1, 5, 5] windows) => (float[6, 5, 8] y)",
                      AttentionNumbers{}.text() + split, torch_operands() + scaled + body + result),
      attention_graph("(float[6, 5, 8] x, float[1, 3, 1, 5, 5] windows) => (float[6, 5, 8] y)",
                      AttentionNumbers{}.packed() +
                          ", int64[5] twice = {2, 1, 1, 1, 1}, int64[4] back = {6, "
                          "1, 5, 5}, int64[4] heads = {1, 2, 1, 1}",
                      R"(
    t = Expand(windows, twice) r = Reshape(t, back) e = Expand(r, heads)
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))"));
}

TEST(AttentionBiases, ABiasOverOtherDimensionsIsRefused) {
  EXPECT_UNCHANGED(Attention{},
                   reshaped("float[B, 1, 1, 5, 5] mask", R"(
    r = Reshape(s1, deep) a = Add(r, mask) s = Reshape(a, parted))",
                            ", int64[5] deep = {-1, 1, 2, 5, 5}, int64[4] parted = {-1, 2, 25, 1}"),
                   "Reshape mixes queries or keys with other axes");
  EXPECT_UNCHANGED(Attention{},
                   reshaped("float[B, 1, 5] mask", R"(
    r = Reshape(s1, joined) a = Add(r, mask) s = Reshape(a, parted))",
                            ", int64[3] joined = {-1, 5, 5}, int64[4] parted = {-1, 2, 5, 5}"),
                   "it is added to scores of other dimensions");
}

}  // namespace
}  // namespace ortopt
