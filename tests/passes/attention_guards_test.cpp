#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "ortopt/pass/pass_manager.h"
#include "ortopt/passes/attention.h"
#include "tests/passes/masked_attention.h"
#include "tests/support/attention_text.h"
#include "tests/support/graph_text.h"
#include "tests/support/rewrite_check.h"

/// Probabilities of hidden keys that are set to 0 once more, for rows that see no key.
namespace ortopt {
namespace {

using masked_attention::causal;
using masked_attention::fused;
using masked_attention::output;
using masked_attention::range_ends;
using test_support::attention_graph;
using test_support::AttentionNumbers;
using test_support::torch_operands;

const std::string with_mask = ", int64[B, S] mask";
const std::string merge = R"(
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))";
const std::string seen_keys = R"(
    at_keys = Unsqueeze(mask, at12) b0 = Cast<to = 9>(at_keys) seen = Cast<to = 1>(b0)
    b1 = Not(b0) hidden = Cast<to = 1>(b1))";
/// Keras' where(mask, scores, low), as tf2onnx writes it.
const std::string hide = " z = Mul(seen, s1) l = Mul(hidden, lowest) s = Add(z, l) p0 = Softmax(s)";
const std::string constants = ", float lowest = {-3.4028235e38}, float nothing = {0}";

/// An attention whose probabilities `p0` become `p` by `guard`.
std::string guarded(const std::string& inputs, const std::string& masking,
                    const std::string& guard) {
  return attention_graph(
      "(float[B, S, 8] x" + inputs + ")" + output,
      AttentionNumbers{}.text() + constants + range_ends,
      torch_operands() + " s0 = MatMul(q, kt) s1 = Div(s0, c)" + masking + guard + merge);
}

/// Whether the pass makes one operator of the attention, and what it then takes as given. Numbers are
/// not compared: rows that see no key, which masks of chance have, differ.
std::string assumed_for_one_operator(const std::string& text) {
  const auto model = test_support::model_of(text);
  Facts facts;
  EXPECT_TRUE(run_pass(Attention{}, *model, {}, facts));
  const bool is_one = std::ranges::any_of(model->graph().nodes(), [](const Node& node) {
    return node.is("com.microsoft", "Attention") && node.input(3) != nullptr;
  });
  std::string list = is_one ? "" : "left as it is";
  for (const AssumedFact& fact : facts.assumptions) list += fact.text;
  return list;
}

TEST(AttentionGuards, HiddenProbabilitiesMayBeSetToZero) {
  for (const std::string guard : {" p1 = Mul(seen, p0) n = Mul(nothing, hidden) p = Add(p1, n)",
                                  " p = Where(b0, p0, nothing)", " p = Where(b1, nothing, p0)"})
    EXPECT_EQ(assumed_for_one_operator(guarded(with_mask, seen_keys + hide, guard)),
              "every query sees a key")
        << guard;
}

TEST(AttentionGuards, APositionSeesItself) {
  EXPECT_REWRITE(
      Attention{},
      guarded("", causal + " s = Where(seen, s1, lowest) p0 = Softmax(s)",
              " p = Where(seen, p0, nothing)"),
      fused("", " y = com.microsoft.Attention<num_heads = 2, unidirectional = 1>(x, w, b)"));
}

TEST(AttentionGuards, ProbabilitiesOfOtherKeysStay) {
  const std::string changed = "mask not understood: probabilities of visible keys are changed";
  EXPECT_UNCHANGED(Attention{},
                   guarded(with_mask, seen_keys + " p0 = Softmax(s1)", " p = Mul(seen, p0)"),
                   changed);
  EXPECT_UNCHANGED(Attention{}, guarded(with_mask, seen_keys + hide, " p = Where(b1, p0, nothing)"),
                   changed);
  EXPECT_UNCHANGED(Attention{}, guarded(with_mask, seen_keys + hide, " p = Add(p0, hidden)"),
                   changed);
  EXPECT_UNCHANGED(Attention{}, guarded(with_mask, seen_keys + hide, " p = Mul(p0, half)"),
                   "Mul after softmax");
}

}  // namespace
}  // namespace ortopt
