#include "ortopt/precision/gauges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/ir/verify.h"
#include "ortopt/precision/rehearsal.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

class GaugedGraph : public testing::Test {
 protected:
  Gauges gauge(std::string_view text) {
    model_ = test_support::model_of(text);
    const PassOptions options;
    Context context(model_->graph(), options, facts_, logger_);
    Gauges gauges = add_gauges(model_->graph(), options_, context);
    const Result<void> sound = verify(model_->graph());
    EXPECT_TRUE(sound) << sound.error().text();
    return gauges;
  }

  std::vector<std::string> words(const GaugedNode& node) {
    std::vector<std::string> out;
    for (const Gauge& gauge : node.gauges) {
      out.push_back(gauge.what);
      EXPECT_NE(model_->graph().find(gauge.largest), nullptr);
    }
    return out;
  }

  PrecisionOptions options_{.precision = Precision::mixed};
  std::unique_ptr<Model> model_;
  Facts facts_;
  Logger logger_{LogLevel::off};
};

TEST_F(GaugedGraph, TellsOfInputsConstantsAndOutputs) {
  const Gauges gauges = gauge(R"(
    g (float[B, 2] x) => (float[B, 2] y) <float[2, 2] w = {1, 2, 3, 4}> { y = MatMul(x, w) })");
  ASSERT_THAT(gauges.nodes, SizeIs(1));
  EXPECT_THAT(words(gauges.nodes[0]), ElementsAre("its input", "its constant", "its output"));
  EXPECT_THAT(gauges.nodes[0].inputs, ElementsAre("x"));
  EXPECT_THAT(gauges.casts, ElementsAre(Field(&GaugedCast::name, "x")));
}

TEST_F(GaugedGraph, LooksIntoFusedOperators) {
  const Gauges gauges = gauge(R"(
    <ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
    g (float[B, S, 4] x, float[B, S, 4] r, float[4] n, float[4, 12] w, float[12] b)
      => (float[B, S, 4] y) {
      s = com.microsoft.SkipLayerNormalization(x, r, n)
      a = com.microsoft.Attention<num_heads = 2>(s, w, b)
      y = com.microsoft.BiasGelu(a, n)
    })");
  ASSERT_THAT(gauges.nodes, SizeIs(3));
  EXPECT_THAT(words(gauges.nodes[0]), Contains("the mean of its squares"));
  EXPECT_THAT(words(gauges.nodes[0]), Contains("its sum"));
  EXPECT_THAT(words(gauges.nodes[1]), Contains("the bound of its scores"));
  EXPECT_THAT(words(gauges.nodes[2]), Contains("its sum"));
}

TEST_F(GaugedGraph, LeavesAloneWhatStaysInFloat32AnyhowAndWhatIsNested) {
  options_.keep = {"Tanh"};
  const Gauges gauges = gauge(R"(
    g (float[B, 2] x, bool c) => (float[B, 2] y) {
      t = Tanh(x)
      y = If(c) <then_branch = a () => (float[B, 2] p) { p = Relu(t) },
                 else_branch = b () => (float[B, 2] q) { q = Identity(t) }>
    })");
  EXPECT_THAT(gauges.nodes, testing::Not(Contains(Field(&GaugedNode::op, "Tanh"))));
  EXPECT_THAT(gauges.nodes, Contains(testing::AllOf(Field(&GaugedNode::op, "Relu"),
                                                    Field(&GaugedNode::gauges, IsEmpty()))));
}

TEST(Rehearsal, RoundsEachResultOnceAndStaysFloat32) {
  const auto model = test_support::model_of(R"(
    g (float[B, 2] x) => (float[B, 2] y) {
      a = Relu(x)
      b = Erf(a)
      y = Mul(a, b)
    })");
  Facts facts;
  Logger silent(LogLevel::off);
  const PassOptions options;
  Context context(model->graph(), options, facts, silent);
  rehearse(model->graph(), {.precision = Precision::mixed, .keep = {"Erf"}}, context);
  EXPECT_TRUE(test_support::same_graph(R"(
    g (float[B, 2] x) => (float[B, 2] y) {
      x1 = Cast<to = 10>(x)
      x2 = Cast<to = 1>(x1)
      a = Relu(x2)
      a1 = Cast<to = 10>(a)
      a2 = Cast<to = 1>(a1)
      b = Erf(a2)
      b1 = Cast<to = 10>(b)
      b2 = Cast<to = 1>(b1)
      c = Mul(a2, b2)
      c1 = Cast<to = 10>(c)
      y = Cast<to = 1>(c1)
    })",
                                       model->graph()));
}

}  // namespace
}  // namespace ortopt
