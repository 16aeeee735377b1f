// Errors planted in a model are found where they were planted.
#include "ortopt/compare/bisection.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstring>

#include "ortopt/base/logger.h"
#include "ortopt/compare/comparison.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/save.h"
#include "ortopt/optimise/optimise.h"
#include "tests/engine/temporary_models.h"
#include "tests/support/deep_bert.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_runtime;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = Comparison::Outcome;

constexpr int layer_count = 12;

/// The nodes of an operator, in order.
std::vector<Node*> nodes_of(Graph& graph, std::string_view op) {
  std::vector<Node*> out;
  for (Node& node : graph.nodes())
    if (node.op() == op) out.push_back(&node);
  return out;
}

Node& node_of(Graph& graph, std::string_view op, int number) {
  return *nodes_of(graph, op).at(static_cast<std::size_t>(number));
}

void change_one_weight(Graph& graph, int layer) {
  // Three products a layer follow its attention.
  Value& weights = *node_of(graph, "MatMul", 3 * layer + 1).input(1);
  std::vector<double> numbers = *weights.initializer()->numbers();
  numbers[7] += 1;
  graph.set_initializer(weights,
                        Tensor::of(DataType::float32, weights.initializer()->dims(), numbers));
}

void flip_the_mask(Graph& graph, int layer) {
  Node& attention = node_of(graph, "Attention", layer);
  const std::string name = fmt::format("flipped_{}", layer);
  Value& one = graph.add_initializer(name + "_one", Tensor::scalar(DataType::int32, 1));
  const Node& flipped = graph.insert(
      {.op = "Sub", .inputs = {&one, attention.input(3)}, .outputs = {name}}, &attention);
  graph.set_input(attention, 3, flipped.output());
}

void change_epsilon(Graph& graph, int layer) {
  node_of(graph, "SkipLayerNormalization", 2 * layer).set_attribute("epsilon", 0.05F);
}

struct Error {
  const char* name;
  void (*plant)(Graph& graph, int layer);
};

void PrintTo(const Error& error, std::ostream* stream) { *stream << error.name; }

/// A deep model and what ort-opt makes of it, made once.
class DeepModel : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    models_ = new TemporaryModels;
    const auto deep = test_support::make_deep_bert(
        std::filesystem::path(ORTOPT_MODELS) / "bert-t21-legacy-eager-op13.onnx", layer_count);
    ASSERT_TRUE(save(*deep, baseline()));
    Logger logger(LogLevel::off);
    OptimiseRequest request;
    request.input = baseline();
    request.output = optimised();
    request.verify = VerifyMode::off;
    const Result<Report> report = optimise(request, logger);
    ASSERT_TRUE(report) << report.error().text();
    ASSERT_EQ(report->operators_after.at("com.microsoft.Attention"), layer_count);
  }
  static void TearDownTestSuite() {
    delete models_;
    models_ = nullptr;
  }

  static std::filesystem::path baseline() { return models_->folder() / "deep.onnx"; }
  static std::filesystem::path optimised() { return models_->folder() / "deep.opt.onnx"; }

  static Comparison compare_to(const std::filesystem::path& other) {
    ComparisonRequest request{.baseline = baseline(), .other = other, .runtime = the_runtime()};
    request.session.intra_op_threads = 1;
    request.bisect = Bisect::when_different;
    return compare_models(request);
  }

  static inline TemporaryModels* models_ = nullptr;
};

class PlantedError : public DeepModel, public ::testing::WithParamInterface<Error> {};

TEST_P(PlantedError, IsFoundInItsLayerWhicheverThatIs) {
  for (int layer = 0; layer < layer_count; ++layer) {
    SCOPED_TRACE(layer);
    const Result<LoadedModel> loaded = load(optimised());
    ASSERT_TRUE(loaded);
    GetParam().plant(loaded->model->graph(), layer);
    const std::filesystem::path planted = models_->folder() / "planted.onnx";
    ASSERT_TRUE(save(*loaded->model, planted));
    const Comparison comparison = compare_to(planted);
    EXPECT_EQ(comparison.outcome, Outcome::different);
    ASSERT_TRUE(comparison.bisection) << comparison.reason;
    const Bisection& bisection = *comparison.bisection;
    EXPECT_TRUE(bisection.found) << bisection.text;
    EXPECT_EQ(bisection.at.layer, fmt::format("layer {}", layer)) << bisection.text;
    EXPECT_TRUE(bisection.is_only_place) << bisection.text;
    EXPECT_FALSE(bisection.is_gradual) << bisection.text;
    EXPECT_LE(bisection.runs, 10U) << "the search is no walk through all values";
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PlantedError,
                         ::testing::Values(Error{"OneWeightChanged", change_one_weight},
                                           Error{"MaskFlipped", flip_the_mask},
                                           Error{"WrongEpsilon", change_epsilon}),
                         ::testing::PrintToStringParamName());

TEST_F(DeepModel, IsEqualWithoutAnErrorAndNothingIsBisected) {
  const Comparison comparison = compare_to(optimised());
  EXPECT_TRUE(comparison.is_equal()) << comparison.reason;
  EXPECT_FALSE(comparison.bisection);
}

class BisectText : public ::testing::Test {
 protected:
  Bisection bisect(std::string_view baseline, std::string_view other) {
    const Comparison comparison = compare_models({.baseline = models_.save("baseline", baseline),
                                                  .other = models_.save("other", other),
                                                  .runtime = the_runtime(),
                                                  .bisect = Bisect::when_different});
    EXPECT_TRUE(comparison.bisection) << comparison.reason;
    return comparison.bisection.value_or(Bisection{});
  }
  TemporaryModels models_;
};

TEST_F(BisectText, WhatOnlyOneModelComputesIsNotCut) {
  const Bisection found = bisect(
      R"(g (float[B, S] x) => (float[B, S] y) <float two = {2}, float half = {0.5}> {
           a = Tanh(x) b = Mul(a, two) c = Mul(b, half) d = Exp(c) y = Neg(d) })",
      R"(g (float[B, S] x) => (float[B, S] y) <float third = {3}> {
           a = Tanh(x) other = Mul(a, third) d = Exp(other) y = Neg(d) })");
  EXPECT_EQ(found.at.name, "d") << found.text;
  EXPECT_THAT(found.stands_for, SizeIs(3)) << "Exp, Mul and Mul";
  ASSERT_THAT(found.before, SizeIs(1));
  EXPECT_EQ(found.before[0].name, "a");
  EXPECT_TRUE(found.is_only_place);
}

TEST_F(BisectText, ASecondErrorIsNoticed) {
  const auto text = [](std::string_view first, std::string_view second) {
    return fmt::format(
        "g (float[B, S] x) => (float[B, S] y) <float p = {{{}}}, float q = {{{}}}> {{\n"
        "a = Mul(x, p) b = Tanh(a) c = Mul(b, q) y = Tanh(c) }}",
        first, second);
  };
  const Bisection found = bisect(text("2", "3"), text("2.5", "3.5"));
  EXPECT_EQ(found.at.name, "a");
  EXPECT_FALSE(found.is_only_place);
  EXPECT_THAT(found.text, HasSubstr("not the only place"));
}

TEST_F(BisectText, ADifferenceThatHealsIsNotFollowed) {
  const Bisection found = bisect(
      R"(g (float[B, S] x) => (float[B, S] y) <float p = {2}, float q = {0.5}, float r = {3}> {
           a = Mul(x, p) b = Mul(a, q) y = Mul(b, r) })",
      R"(g (float[B, S] x) => (float[B, S] y) <float p = {4}, float q = {0.25}, float r = {2}> {
           a = Mul(x, p) b = Mul(a, q) y = Mul(b, r) })");
  EXPECT_EQ(found.at.name, "y") << found.text;
  ASSERT_THAT(found.immaterial, SizeIs(1));
  EXPECT_EQ(found.immaterial[0].name, "a");
}

TEST_F(BisectText, AValueThatNobodyMindsIsPassedOver) {
  const auto text = [](std::string_view huge, std::string_view factor) {
    return fmt::format(
        "g (float[B, S] x) => (float[B, S] y) <float p = {{{}}}, float q = {{{}}}> {{\n"
        "a = Sub(x, p) b = Exp(a) c = Mul(x, q) y = Add(b, c) }}",
        huge, factor);
  };
  const Bisection found = bisect(text("1000", "3"), text("2000", "4"));
  EXPECT_EQ(found.at.name, "c") << found.text;
  EXPECT_TRUE(found.is_only_place);
}

TEST_F(BisectText, OutputsOfOtherNamesAreTheSameValue) {
  const Bisection found = bisect("g (float[B, S] x) => (float[B, S] y) { a = Tanh(x) y = Neg(a) }",
                                 "g (float[B, S] x) => (float[B, S] z) { a = Tanh(x) z = Abs(a) }");
  EXPECT_EQ(found.at.name, "y");
  EXPECT_EQ(found.other_name, "z");
  EXPECT_EQ(found.op, "Abs");
}

TEST_F(BisectText, ModelsWithNothingInCommonPartAtTheOutput) {
  const Bisection found =
      bisect("g (float[B, S] x) => (float[B, S] y) { a = Tanh(x) y = Neg(a) }",
             "g (float[B, S] x) => (float[B, S] y) { b = Sigmoid(x) y = Neg(b) }");
  EXPECT_EQ(found.at.name, "y");
  EXPECT_THAT(found.before, IsEmpty());
}

}  // namespace
}  // namespace ortopt
