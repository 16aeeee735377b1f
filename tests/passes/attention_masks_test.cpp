#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "ortopt/pass/pass_manager.h"
#include "ortopt/passes/attention.h"
#include "tests/passes/masked_attention.h"
#include "tests/support/attention_text.h"
#include "tests/support/graph_text.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

using masked_attention::causal;
using masked_attention::fused;
using masked_attention::lowest;
using masked_attention::masked;
using masked_attention::output;
using masked_attention::range_ends;
using masked_attention::result;
using masked_attention::scaled;
using test_support::attention_graph;
using test_support::AttentionNumbers;
using test_support::torch_operands;

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

TEST(AttentionMasks, ScoresMultipliedByATriangleThatHoldsTheScale) {
  const std::string of_two = "(float[B, 2, 8] x) => (float[B, 2, 8] y)";
  const auto graph = [&](const std::string& scores, const std::string& triangle) {
    return attention_graph(of_two,
                           AttentionNumbers{}.text() + ", float[2, 2] triangle = " + triangle +
                               ", float[2, 2] hide = {0, -1e4, 0, 0}",
                           torch_operands() + scores + result);
  };
  const std::string fused_by_three = attention_graph(
      of_two, AttentionNumbers{}.packed(),
      "y = com.microsoft.Attention<num_heads = 2, scale = 3.0, unidirectional = 1>(x, w, b)");
  const std::string once = "s0 = MatMul(q, kt) s1 = Mul(s0, triangle) s = Add(s1, hide)";
  EXPECT_REWRITE(Attention{}, graph(once, "{3, 0, 3, 3}"), fused_by_three);
  EXPECT_REWRITE(
      Attention{},
      graph("s0 = MatMul(q, kt) s1 = Add(s0, hide) s2 = Mul(s1, triangle) s = Add(s2, hide)",
            "{3, 0, 3, 3}"),
      fused_by_three);
  EXPECT_UNCHANGED(Attention{}, graph(once, "{3, 0, 2, 3}"), "mask");
}

TEST(AttentionMasks, AMaskThatMultipliesTheScoresIsZeroOrOneByAssumption) {
  const std::string multiplied = R"(
    m0 = Unsqueeze(mask, at12) m1 = Cast<to = 1>(m0) m2 = Sub(one, m1) m = Mul(m2, low)
    z = Mul(s1, m1) s = Add(z, m))";
  EXPECT_EQ(assumptions_of(masked(", int64[B, S] mask", multiplied)),
            "mask is 0 or 1\nevery query sees a key\n");
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
