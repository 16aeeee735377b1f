#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "ortopt/pass/pass_manager.h"
#include "ortopt/passes/attention.h"
#include "tests/support/attention_text.h"
#include "tests/support/graph_text.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

using test_support::attention_graph;
using test_support::AttentionNumbers;
using test_support::torch_operands;

const std::string result = R"(
    p = Softmax(s) o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))";
const std::string scaled = " s0 = MatMul(q, kt) s1 = Div(s0, c)";
const std::string output = " => (float[B, S, 8] y)";

/// An attention whose scores `s1` become `s` by `masking`.
std::string masked(const std::string& inputs, const std::string& masking,
                   const std::string& constants = "") {
  return attention_graph("(float[B, S, 8] x" + inputs + ")" + output,
                         AttentionNumbers{}.text() + constants,
                         torch_operands() + scaled + masking + result);
}

std::string fused(const std::string& inputs, const std::string& body,
                  const std::string& constants = "") {
  return attention_graph("(float[B, S, 8] x" + inputs + ")" + output,
                         AttentionNumbers{}.packed() + constants, body);
}

/// What the report lists as assumed after the pass has run.
std::string assumptions_of(const std::string& text) {
  const auto model = test_support::model_of(text);
  Facts facts;
  EXPECT_TRUE(run_pass(Attention{}, *model, {}, facts).has_value());
  std::string list;
  for (const AssumedFact& fact : facts.assumptions) list += fact.text + "\n";
  return list;
}

const std::string padding = R"(
    m0 = Unsqueeze(mask, at12) m1 = Cast<to = 1>(m0) m2 = Sub(one, m1) m = Mul(m2, low)
    s = Add(s1, m))";

TEST(AttentionMasks, PaddingBecomesTheRawMask) {
  EXPECT_REWRITE(Attention{}, masked(", int64[B, S] mask", padding), fused(", int64[B, S] mask", R"(
    i = Cast<to = 6>(mask) y = com.microsoft.Attention<num_heads = 2>(x, w, b, i))"));
  EXPECT_EQ(assumptions_of(masked(", int64[B, S] mask", padding)), "mask is 0 or 1\n");
}

TEST(AttentionMasks, AnInt32MaskIsTakenAsItIs) {
  EXPECT_REWRITE(
      Attention{}, masked(", int32[B, S] mask", padding),
      fused(", int32[B, S] mask", " y = com.microsoft.Attention<num_heads = 2>(x, w, b, mask)"));
}

TEST(AttentionMasks, TheFirstRowForAllOfTheBatchIsNoRawMask) {
  const std::string first_row = R"(
    m0 = Unsqueeze(mask, at12) m1 = Gather<axis = 0>(m0, at0) s = Where(m1, s1, lowest))";
  const auto model = test_support::model_of(masked(
      ", bool[B, S] mask", first_row, ", int64[1] at0 = {0}, float lowest = {-3.4028235e38}"));
  Facts facts;
  ASSERT_TRUE(run_pass(Attention{}, *model, {}, facts));
  for (const Node& node : model->graph().nodes())
    EXPECT_FALSE(node.is("com.microsoft", "Attention") && node.input(3) != nullptr);
}

TEST(AttentionMasks, PositionsThatHideAllKeysOfAQueryAreRefusedWhereScoresAreReplaced) {
  const std::string constants = ", int64 i0 = {0}, int64 i1 = {1}";
  const std::string positions = R"(
    shape = Shape(x) n = Gather(shape, i1) r = Range(i0, n, i1) rows = Unsqueeze(r, at1))";
  for (const std::string seen : {"Less(r, rows)", "Greater(r, rows)"})
    EXPECT_UNCHANGED(
        Attention{},
        masked("", positions + " seen = " + seen + " s = Where(seen, s1, low)", constants),
        "it hides all keys of some query");
}

TEST(AttentionMasks, LengthsOnRequest) {
  // No EXPECT_REWRITE: its oracle tries masks that no length can say.
  const auto model = test_support::model_of(masked(", int64[B, S] mask", padding));
  const auto expected = test_support::model_of(fused(", int64[B, S] mask", R"(
    i = Cast<to = 6>(mask) l = ReduceSum<keepdims = 0>(i, at1)
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, l))"));
  Facts facts;
  ASSERT_TRUE(run_pass(Attention{}, *model, {.use_mask_index = true}, facts));
  EXPECT_TRUE(test_support::same_graph(expected->graph(), model->graph()));
  EXPECT_EQ(facts.assumptions.front().text, "padding is at the end (use_mask_index)");
}

TEST(AttentionMasks, TheFillValueIsTheGraphsOwn) {
  EXPECT_REWRITE(Attention{},
                 masked(", bool[B, S] mask", R"(
    m0 = Unsqueeze(mask, at12) m = Where(m0, zero, far) s = Add(m, s1))",
                        ", float zero = {0}, float far = {-1e9}"),
                 fused(", bool[B, S] mask", R"(
    i = Cast<to = 6>(mask)
    y = com.microsoft.Attention<mask_filter_value = -1e9, num_heads = 2>(x, w, b, i))"));
  EXPECT_EQ(assumptions_of(masked(", bool[B, S] mask", R"(
    m0 = Unsqueeze(mask, at12) m = Where(m0, zero, far) s = Add(m, s1))",
                                  ", float zero = {0}, float far = {-1e9}")),
            "");
}

// The lowest number swallows every score, so that rows that see no key come out equal too.
const std::string lowest = ", float lowest = {-3.4028235e38}";

TEST(AttentionMasks, IdsThatAreNotZeroAreVisible) {
  EXPECT_REWRITE(Attention{},
                 masked(", int64[B, S] ids", R"(
    e = Equal(ids, none) m0 = Unsqueeze(e, at12) m1 = Expand(m0, heads) s = Where(m1, lowest, s1))",
                        ", int64 none = {0}, int64[4] heads = {1, 2, 1, 1}" + lowest),
                 fused(", int64[B, S] ids", R"(
    t = Cast<to = 9>(ids) i = Cast<to = 6>(t)
    y = com.microsoft.Attention<mask_filter_value = -3.4028235e38, num_heads = 2>(x, w, b, i))"));
}

TEST(AttentionMasks, AnInvertedMaskIsTurned) {
  EXPECT_REWRITE(Attention{},
                 masked(", bool[B, S] hidden", R"(
    m0 = Unsqueeze(hidden, at12) s = Where(m0, lowest, s1))",
                        lowest),
                 fused(", bool[B, S] hidden", R"(
    t = Not(hidden) i = Cast<to = 6>(t)
    y = com.microsoft.Attention<mask_filter_value = -3.4028235e38, num_heads = 2>(x, w, b, i))"));
}

TEST(AttentionMasks, ReplacingAScoreByLittleIsAnAssumption) {
  EXPECT_EQ(assumptions_of(masked(", bool[B, S] hidden", R"(
    m0 = Unsqueeze(hidden, at12) s = Where(m0, low, s1))")),
            "every query sees a key\n");
}

const std::string causal = R"(
    shape = Shape(x) n = Gather(shape, i1) r = Range(i0, n, i1) rows = Unsqueeze(r, at1)
    seen = LessOrEqual(r, rows))";
const std::string range_ends = ", int64 i0 = {0}, int64 i1 = {1}";

TEST(AttentionMasks, CausalityIsAnAttribute) {
  EXPECT_REWRITE(Attention{}, masked("", causal + " s = Where(seen, s1, low)", range_ends),
                 fused("",
                       " y = com.microsoft.Attention<num_heads = 2, unidirectional = 1>"
                       "(x, w, b)"));
}

TEST(AttentionMasks, CausalityAndPadding) {
  EXPECT_REWRITE(Attention{},
                 masked(", int64[B, S] mask", causal + R"(
    s2 = Where(seen, s1, low) m0 = Unsqueeze(mask, at12) m1 = Cast<to = 1>(m0) m2 = Sub(one, m1)
    m = Mul(m2, low) s = Add(s2, m))",
                        range_ends),
                 fused(", int64[B, S] mask", R"(
    i = Cast<to = 6>(mask)
    y = com.microsoft.Attention<num_heads = 2, unidirectional = 1>(x, w, b, i))"));
}

TEST(AttentionMasks, ScoresMultipliedByZeroAndHidden) {
  EXPECT_REWRITE(Attention{},
                 masked("", causal + R"(
    f = Cast<to = 1>(seen) z = Mul(s1, f) u = Sub(one, f) l = Mul(u, low) s = Add(z, l))",
                        range_ends),
                 fused("",
                       " y = com.microsoft.Attention<num_heads = 2, unidirectional = 1>"
                       "(x, w, b)"));
  EXPECT_UNCHANGED(Attention{},
                   masked("", causal + " f = Cast<to = 1>(seen) s = Mul(s1, f)", range_ends),
                   "hidden scores become 0.000000, which hides nothing");
}

TEST(AttentionMasks, RelativePositionsAreAddedAsTheyAre) {
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
TEST(AttentionMasks, ABiasIsExpandedToTheQueries) {
  const std::string before = masked(", float[B, 1, 1, S] bias", " s = Add(s1, bias)");
  EXPECT_REWRITE(Attention{}, before, expanded_bias("{1, 2}"));
  EXPECT_REWRITE(Attention{}, before, expanded_bias("{1, 1}"),
                 PassOptions{.target = *Target::parse("any,ort=1.21")});
}

TEST(AttentionMasks, BiasAndPaddingTogetherAreOneBias) {
  EXPECT_REWRITE(Attention{}, masked(", float[1, 2, S, S] positions, float[B, 1, 1, S] pad", R"(
    s2 = Add(s1, positions) s = Add(s2, pad))"),
                 fused(", float[1, 2, S, S] positions, float[B, 1, 1, S] pad", R"(
    e = Add(pad, positions) y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))"));
}

TEST(AttentionMasks, ACausalWhereBesideABias) {
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

TEST(AttentionMasks, AWindowIsAddedInsteadOfReplacing) {
  EXPECT_REWRITE(
      Attention{},
      masked("", window + " s = Where(near, s1, low)", range_ends + ", int64 three = {3}"),
      fused("", window + R"(
    m = Where(near, none, low) e = Expand(m, ones)
    y = com.microsoft.Attention<num_heads = 2>(x, w, b, , , e))",
            range_ends + ", int64 three = {3}, float none = {0}, int64[4] ones = {1, 1, 1, 1}"));
}

TEST(AttentionMasks, AWindowThatMultipliesIsRefused) {
  EXPECT_UNCHANGED(Attention{},
                   masked("", window + R"(
    f = Cast<to = 1>(near) z = Mul(s1, f) u = Sub(one, f) l = Mul(u, low) s = Add(z, l))",
                          range_ends + ", int64 three = {3}"),
                   "not added as it is: it multiplies the scores");
}

TEST(AttentionMasks, AFillThatHidesNothingIsRefused) {
  EXPECT_UNCHANGED(
      Attention{},
      masked("", window + " s = Where(near, s1, one)", range_ends + ", int64 three = {3}"),
      "it does not replace to hide");
}

TEST(AttentionMasks, AMaskForAllBatchesIsAdded) {
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

TEST(AttentionMasks, PaddingBesideAWindow) {
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
TEST(AttentionMasks, ABiasOfBatchTimesHeads) {
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
TEST(AttentionMasks, ABiasForAPartOfTheBatch) {
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

TEST(AttentionMasks, ABiasOverOtherDimensionsIsRefused) {
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

TEST(AttentionMasks, TwoLayersShareOneCast) {
  const std::string second = R"(
    q20 = MatMul(z, wq) q21 = Add(bq, q20) q22 = Reshape(q21, split) q2_ = Transpose<perm = [0, 2, 1, 3]>(q22)
    k20 = MatMul(z, wk) k21 = Add(bk, k20) k22 = Reshape(k21, split) kt2 = Transpose<perm = [0, 2, 3, 1]>(k22)
    v20 = MatMul(z, wv) v21 = Add(bv, v20) v22 = Reshape(v21, split) v2_ = Transpose<perm = [0, 2, 1, 3]>(v22)
    t0 = MatMul(q2_, kt2) t1 = Div(t0, c) t = Add(t1, m) p2 = Softmax(t)
    n0 = MatMul(p2, v2_) n1 = Transpose<perm = [0, 2, 1, 3]>(n0) y = Reshape(n1, merge))";
  const std::string first = torch_operands() + scaled + padding + R"(
    p = Softmax(s) o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) z = Reshape(o1, merge))";
  EXPECT_REWRITE(Attention{},
                 attention_graph("(float[B, S, 8] x, int64[B, S] mask)" + output,
                                 AttentionNumbers{}.text(), first + second),
                 fused(", int64[B, S] mask", R"(
    i = Cast<to = 6>(mask) z = com.microsoft.Attention<num_heads = 2>(x, w, b, i)
    y = com.microsoft.Attention<num_heads = 2>(z, w, b, i))"));
}

TEST(AttentionMasks, NoAttentionMaskDropsPadding) {
  // Not compared by numbers: the user promises that nothing is padded.
  const auto model = test_support::model_of(masked(", int64[B, S] mask", padding));
  Facts facts;
  ASSERT_TRUE(run_pass(Attention{}, *model, {.no_attention_mask = true}, facts).has_value());
  EXPECT_TRUE(test_support::same_graph(
      fused(", int64[B, S] mask", " y = com.microsoft.Attention<num_heads = 2>(x, w, b)"),
      model->graph()));
}

const std::string guarded_result = R"(
    p0 = Softmax(s) nan = IsNaN(p0) p = Where(nan, none, p0)
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))";
const std::string infinity = ", float none = {0}, float hidden = {-inf}";

std::string guarded(const std::string& inputs, const std::string& masking) {
  return attention_graph("(float[B, S, 8] x" + inputs + ")" + output,
                         AttentionNumbers{}.text() + infinity,
                         torch_operands() + scaled + masking + guarded_result);
}

// Rows that see no key are zeros in the original: an assumption says that there are none. Wherever
// there is one, not-a-number would spread from it to all other rows.
TEST(AttentionMasks, AMaskThatIsAddedStaysFiniteWhereTheGraphGuardsAgainstNaN) {
  const auto model =
      test_support::model_of(guarded(", float[B, 1, S, S] mask", " s = Add(s1, mask)"));
  Facts facts;
  ASSERT_TRUE(run_pass(Attention{}, *model, {}, facts));
  ASSERT_EQ(facts.assumptions.size(), 1U);
  EXPECT_EQ(facts.assumptions[0].text, "every query sees a key");
  std::optional<double> floor;
  for (const Node& node : model->graph().nodes())
    if (node.is("Max")) floor = node.input(1)->initializer()->splat();
  ASSERT_TRUE(floor);
  EXPECT_NEAR(*floor, -1.7e38, 1e32);
}

TEST(AttentionMasks, PaddingStaysFiniteWhereTheGraphGuardsAgainstNaN) {
  const auto model = test_support::model_of(
      guarded(", bool[B, S] mask",
              " m0 = Unsqueeze(mask, at12) m = Where(m0, none, hidden) s = Add(s1, m)"));
  Facts facts;
  ASSERT_TRUE(run_pass(Attention{}, *model, {}, facts));
  std::optional<float> filter;
  for (const Node& node : model->graph().nodes())
    if (node.is("com.microsoft", "Attention")) filter = node.float_attribute("mask_filter_value");
  ASSERT_TRUE(filter);
  EXPECT_FLOAT_EQ(*filter, -1.7e38F);
}

}  // namespace
}  // namespace ortopt
