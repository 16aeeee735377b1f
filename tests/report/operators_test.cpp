#include "ortopt/report/operators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/report/description.h"
#include "ortopt/report/provenance.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using testing::HasSubstr;

constexpr std::string_view fused_graph = R"(
    g (float[B, S, 8] x, float[8, 24] w, float[24] b, int32[B, S] mask, float[8] bias) => (float[B, S, 8] y) {
      one = com.microsoft.Attention<num_heads = 2>(x, w, b, mask)
      two = com.microsoft.Attention<num_heads = 4, unidirectional = 1>(one, w, b)
      y = com.microsoft.BiasGelu(two, bias)
    })";

TEST(Operators, AreCountedByNameWithTheirDomain) {
  const auto model = test_support::model_of(fused_graph);
  EXPECT_EQ(count_operators(*model),
            (OperatorCounts{{"com.microsoft.Attention", 2}, {"com.microsoft.BiasGelu", 1}}));
}

TEST(Operators, OfNestedGraphsAreCounted) {
  const auto model = test_support::model_of(R"(
    g (bool c, float[B] x) => (float[B] y) {
      y = If (c) <then_branch = a () => (float[B] p) { p = Neg(x) },
                  else_branch = b () => (float[B] q) { q = Neg(x) }>
    })");
  EXPECT_EQ(count_operators(*model), (OperatorCounts{{"If", 1}, {"Neg", 2}}));
}

TEST(FusedOperators, TellHeadsAndMasksOfAttention) {
  const auto model = test_support::model_of(fused_graph);
  const auto fused = find_fused_operators(*model, {});
  ASSERT_EQ(fused.size(), 2U);
  EXPECT_EQ(fused[0].op, "com.microsoft.Attention");
  EXPECT_EQ(fused[0].count, 2U);
  EXPECT_EQ(fused[0].detail, "2/4 heads, causal (1 of them), masked (1 of them)");
  EXPECT_EQ(fused[1].detail, "");
}

TEST(FusedOperators, AreThoseThatWereNotThereBefore) {
  const auto model = test_support::model_of(fused_graph);
  const auto fused = find_fused_operators(*model, {{"com.microsoft.Attention", 2}});
  ASSERT_EQ(fused.size(), 1U);
  EXPECT_EQ(fused[0].op, "com.microsoft.BiasGelu");
}

TEST(FusedOperators, LeaveOutWhatIsNoFusion) {
  const auto model = test_support::model_of(
      "g (float[B, 8] x, float[8] s) => (float[B, 8] z) { y = Neg(x)  z = LayerNormalization(y, s) "
      "}");
  const auto fused = find_fused_operators(*model, {});
  ASSERT_EQ(fused.size(), 1U);
  EXPECT_EQ(fused[0].op, "LayerNormalization");
}

TEST(FusedOperators, AreWhatSeveralNodesBecame) {
  const auto model = test_support::model_of(
      "g (float[B, 8] x) => (float[B, 8] z) { y = Softplus(x)  z = Cast <to = 1> (y) }");
  const auto fused = find_fused_operators(
      *model, {{"Exp", 1}, {"Add", 1}, {"Log", 1}},
      {{"softplus", "Softplus", "y", {"e", "s", "y"}}, {"cast_like", "Cast", "z", {"z"}}});
  ASSERT_EQ(fused.size(), 1U);
  EXPECT_EQ(fused[0].op, "Softplus");
}

TEST(Provenance, IsCompactAndHasNoMoreThanItNeeds) {
  Report report;
  report.tool_version = "0.1.0";
  report.fingerprint = "0123";
  report.target = "any";
  report.input = "/home/somebody/model.onnx";
  report.fused = {{"com.microsoft.Attention", 12, "12 heads"}};
  report.facts.assumptions = {{"attention", "attention_mask is 0 or 1"}};
  EXPECT_EQ(to_provenance(report, {"--num_heads 12"}),
            R"({"tool":"ort-opt","version":"0.1.0","input":"0123","flags":["--num_heads 12"],)"
            R"("target":"any","fused":{"com.microsoft.Attention":12},)"
            R"("assumptions":["attention_mask is 0 or 1"]})");
}

TEST(Description, TellsSignatureOpsetsFormsAndMetadata) {
  LoadedModel loaded{test_support::model_of(fused_graph), {}};
  loaded.source.path = "fused.onnx";
  loaded.model->set_metadata(std::string(provenance_key), R"({"version":"0.1.0","fused":{}})");
  loaded.model->set_metadata("author", "somebody");
  const std::string text = to_description(loaded);
  EXPECT_THAT(text, HasSubstr("opset ai.onnx 17, com.microsoft 1"));
  EXPECT_THAT(text, HasSubstr("mask: int32 [B, S]"));
  EXPECT_THAT(text, HasSubstr("3 nodes; fused forms: 2 attention, 1 gelu"));
  EXPECT_THAT(text, HasSubstr("2 x com.microsoft.Attention"));
  EXPECT_THAT(text, HasSubstr("Provenance\n  version: 0.1.0\n  fused: {}\n"));
  EXPECT_THAT(text, HasSubstr("Metadata author\n  somebody"));
}

TEST(Description, ShowsProvenanceThatIsNotOursAsItIs) {
  LoadedModel loaded{test_support::model_of(fused_graph), {}};
  loaded.model->set_metadata(std::string(provenance_key), "not {json");
  EXPECT_THAT(to_description(loaded), HasSubstr("Provenance\n  not {json\n"));
}

}  // namespace
}  // namespace ortopt
