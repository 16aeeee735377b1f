#include "ortopt/optimise/optimise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/pass/rewriter.h"
#include "ortopt/passes/no_ops.h"
#include "ortopt/report/provenance.h"
#include "tests/support/graph_text.h"
#include "tests/support/numeric_oracle.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using test_support::bytes_of_file;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// A wrong pass: one operator becomes another.
class Swap final : public Pass {
 public:
  Swap(std::string id, std::string from, std::string to)
      : id_(std::move(id)), from_(std::move(from)), to_(std::move(to)) {}

  [[nodiscard]] std::string_view id() const override { return id_; }
  [[nodiscard]] std::string_view summary() const override { return "Wrong on purpose"; }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const override {
    Changes changes;
    for (Node* node : graph.node_list()) {
      if (!node->is(from_)) continue;
      Rewriter to(id_, *node, context);
      Value& made = to.node("", to_, {node->input(0)});
      to.replace(*node->output(), made);
      to.finish(*node->output(), {&node, 1});
      ++changes.count;
    }
    return changes;
  }

 private:
  std::string id_;
  std::string from_;
  std::string to_;
};

Pipeline pipeline_of_wrong_and_right() {
  Pipeline pipeline(1);
  pipeline[0].name = "all";
  pipeline[0].passes.push_back(std::make_unique<Swap>("idle", "Relu", "Relu6"));
  pipeline[0].passes.push_back(std::make_unique<Swap>("wrong_tanh", "Tanh", "Sigmoid"));
  pipeline[0].passes.push_back(std::make_unique<NoOps>());
  pipeline[0].passes.push_back(std::make_unique<Swap>("wrong_exp", "Exp", "Neg"));
  return pipeline;
}

class Optimise : public testing::Test {
 protected:
  /// A request over a model whose body is `body`, with every pass of the pipeline above.
  OptimiseRequest request_for(const std::string& body) {
    const auto model =
        test_support::model_of("g (float[batch, 8] x) => (float[batch, 8] y) {" + body + "}");
    const auto saved = save(*model, folder_ / "model.onnx");
    if (!saved) throw std::runtime_error(saved.error().text());
    OptimiseRequest request;
    request.input = folder_ / "model.onnx";
    request.output = folder_ / "out.onnx";
    request.pipeline = pipeline_of_wrong_and_right;
    request.runtime.explicit_path = test_support::runtime_library();
    return request;
  }

  OperatorCounts operators_of(const std::filesystem::path& path) {
    const auto loaded = load(path);
    return loaded ? count_operators(*loaded->model) : OperatorCounts();
  }

  test_support::TemporaryFolder folder_;
  Logger logger_{LogLevel::off};
};

class OptimiseWithRuntime : public Optimise {
 protected:
  void SetUp() override {
    if (!test_support::has_runtime()) GTEST_SKIP() << "no runtime found";
  }
};

TEST_F(OptimiseWithRuntime, CallsAnEqualResultVerified) {
  const auto report = optimise(request_for("a = Identity(x) y = Abs(a)"), logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_TRUE(report->verification.is_equal()) << report->verification.reason;
  EXPECT_FALSE(report->problem);
  EXPECT_EQ(operators_of(folder_ / "out.onnx"), (OperatorCounts{{"Abs", 1}}));
}

TEST_F(OptimiseWithRuntime, TakesBackTheOnePassAtFaultAndKeepsTheRest) {
  const auto report = optimise(request_for("a = Identity(x) y = Tanh(a)"), logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_TRUE(report->verification.is_equal()) << report->verification.reason;
  EXPECT_THAT(report->taken_back, ElementsAre("wrong_tanh"));
  ASSERT_TRUE(report->problem);
  EXPECT_EQ(report->problem->code, Code::taken_back);
  EXPECT_THAT(report->problem->message, HasSubstr("wrong_tanh"));
  EXPECT_EQ(operators_of(folder_ / "out.onnx"), (OperatorCounts{{"Tanh", 1}}));
}

TEST_F(OptimiseWithRuntime, TakesBackHalfPrecisionThatOverflowsAndKeepsTheRest) {
  OptimiseRequest request = request_for(R"(
    i = Identity(x)
    many = Constant<value_float = 100000.0>() few = Constant<value_float = 0.00001>()
    a = Mul(i, many) b = Erf(a) c = Mul(a, few) y = Add(b, c))");
  request.precision.precision = Precision::float16;
  const auto report = optimise(request, logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(report->taken_back, ElementsAre("half_precision"));
  ASSERT_TRUE(report->problem);
  EXPECT_EQ(report->problem->code, Code::taken_back);
  EXPECT_TRUE(report->verification.is_equal()) << report->verification.reason;
  EXPECT_EQ(operators_of(folder_ / "out.onnx"),
            (OperatorCounts{{"Add", 1}, {"Erf", 1}, {"Mul", 2}}));
}

TEST_F(OptimiseWithRuntime, AHalfSignatureIsVerifiedLikeAnyOther) {
  OptimiseRequest request = request_for("y = Tanh(x)");
  request.pipeline = [] { return Pipeline(); };
  request.precision = {.precision = Precision::float16, .keep_io_types = false};
  const auto report = optimise(request, logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_FALSE(report->problem) << report->problem->text();
  EXPECT_TRUE(report->verification.is_equal()) << report->verification.reason;
  EXPECT_THAT(report->facts.precision.changed_types,
              UnorderedElementsAre(testing::Pair("x", DataType::float16),
                                   testing::Pair("y", DataType::float16)));
}

TEST_F(OptimiseWithRuntime, TakesBackSeveralPassesAtFault) {
  const auto report = optimise(request_for("a = Identity(x) b = Tanh(a) y = Exp(b)"), logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_TRUE(report->verification.is_equal()) << report->verification.reason;
  EXPECT_THAT(report->taken_back, UnorderedElementsAre("wrong_tanh", "wrong_exp"));
  EXPECT_EQ(operators_of(folder_ / "out.onnx"), (OperatorCounts{{"Tanh", 1}, {"Exp", 1}}));
}

TEST_F(OptimiseWithRuntime, SaysInTheModelWhatWasTakenBack) {
  ASSERT_TRUE(optimise(request_for("y = Tanh(x)"), logger_));
  const auto loaded = load(folder_ / "out.onnx");
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->model->metadata().size(), 1U);
  EXPECT_EQ(loaded->model->metadata()[0].first, provenance_key);
  EXPECT_THAT(loaded->model->metadata()[0].second, HasSubstr(R"("taken_back":["wrong_tanh"])"));
}

TEST_F(OptimiseWithRuntime, LeavesTheOutputAsItWasUntilAResultIsEqual) {
  OptimiseRequest request = request_for("y = Tanh(x)");
  request.expectations = {{"Sigmoid", 1}};
  folder_.write("out.onnx", "something else");
  const auto report = optimise(request, logger_);
  ASSERT_TRUE(report) << report.error().text();
  ASSERT_TRUE(report->problem);
  EXPECT_EQ(report->problem->code, Code::expectation);
  EXPECT_EQ(report->output, "");
  EXPECT_EQ(bytes_of_file(folder_ / "out.onnx"), "something else");
}

TEST_F(OptimiseWithRuntime, ReplacesTheInputOnlyByAnEqualResult) {
  OptimiseRequest request = request_for("a = Identity(x) y = Tanh(a)");
  request.output = request.input;
  const auto report = optimise(request, logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(operators_of(folder_ / "model.onnx"), (OperatorCounts{{"Tanh", 1}}));
  EXPECT_EQ(folder_.listing(), "model.onnx\n");
}

TEST_F(OptimiseWithRuntime, FindsNothingWrongWithAFaultThatIsSkipped) {
  OptimiseRequest request = request_for("y = Tanh(x)");
  request.selection.skip = {"wrong_tanh"};
  const auto report = optimise(request, logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_FALSE(report->problem);
  EXPECT_THAT(report->taken_back, testing::IsEmpty());
}

TEST_F(OptimiseWithRuntime, RunsTheRuntimesOwnOptimiserFirst) {
  OptimiseRequest request = request_for("a = Identity(x) b = Identity(a) y = Abs(b)");
  request.runtime_stage.level = RuntimeOptimization::basic;
  request.without_passes = true;
  const auto report = optimise(request, logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_TRUE(report->verification.is_equal()) << report->verification.reason;
  EXPECT_EQ(operators_of(folder_ / "out.onnx"), (OperatorCounts{{"Abs", 1}}));
}

TEST_F(OptimiseWithRuntime, ComparesInt64WithInt32WhenInputsAreToBecomeThat) {
  const auto model = test_support::model_of(
      "g (int64[batch, 8] ids, float[9, 4] table) => (float[batch, 8, 4] y) { y = Gather(table, "
      "ids) }");
  OptimiseRequest request = request_for("y = Abs(x)");
  ASSERT_TRUE(save(*model, request.input));
  request.int32_inputs = true;
  request.selection.only = {"idle"};
  const auto report = optimise(request, logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_TRUE(report->verification.is_equal()) << report->verification.reason;
  EXPECT_EQ(operators_of(request.output), (OperatorCounts{{"Cast", 1}, {"Gather", 1}}));
}

TEST_F(Optimise, WritesUnverifiedWhenToldToAndSaysSo) {
  OptimiseRequest request = request_for("y = Tanh(x)");
  request.verify = VerifyMode::off;
  const auto report = optimise(request, logger_);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->verification.outcome, Verification::Outcome::not_run);
  EXPECT_EQ(operators_of(folder_ / "out.onnx"), (OperatorCounts{{"Sigmoid", 1}}));
}

TEST_F(Optimise, FailsBeforeAnyWorkWhenAWantedRuntimeIsMissing) {
  OptimiseRequest request = request_for("y = Abs(x)");
  request.runtime.explicit_path = folder_ / "no_library.so";
  request.verify = VerifyMode::on;
  const auto report = optimise(request, logger_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::no_runtime);
  EXPECT_EQ(folder_.listing(), "model.onnx\n");
}

TEST_F(Optimise, NamesTheDefaultOutputAfterTheInput) {
  EXPECT_EQ(default_output("models/bert.onnx"), "models/bert.opt.onnx");
  EXPECT_EQ(default_output("bert"), "bert.opt.onnx");
}

}  // namespace
}  // namespace ortopt
