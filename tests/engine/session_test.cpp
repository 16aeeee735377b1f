#include <gmock/gmock.h>

#include "ortopt/engine/engine.h"
#include "ortopt/engine/offline.h"
#include "ortopt/ir/load.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_engine;
using engine_test::the_runtime;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<double> numbers(const Tensor& tensor) { return *tensor.numbers(); }

constexpr auto mixed = R"(
  g (float[B, 2] x, int64[B, S] i, bool f) => (float[B, 2] y, int64[B, S] j, bool g) {
    y = Add(x, x)
    j = Add(i, i)
    g = Not(f)
  })";

TEST(Session, TellsItsSignature) {
  TemporaryModels models;
  auto session = the_engine().open(models.save("mixed", mixed), {});
  ASSERT_TRUE(session) << session.error().text();
  const std::vector<Port>& inputs = (*session)->inputs();
  ASSERT_EQ(inputs.size(), 3U);
  EXPECT_EQ(inputs[0].name, "x");
  EXPECT_EQ(inputs[0].type, DataType::float32);
  EXPECT_THAT(inputs[0].dims, ElementsAre(-1, 2));
  EXPECT_THAT(inputs[1].symbols, ElementsAre("B", "S"));
  EXPECT_EQ(inputs[2].type, DataType::boolean);
  EXPECT_THAT(inputs[2].dims, ElementsAre());
  EXPECT_EQ((*session)->outputs()[1].name, "j");
}

TEST(Session, RunsEveryKindOfTensorAlsoAnEmptyOne) {
  TemporaryModels models;
  auto session = the_engine().open(models.save("mixed", mixed), {});
  ASSERT_TRUE(session) << session.error().text();
  auto results =
      (*session)->run({{"x", Tensor::of(DataType::float32, {1, 2}, std::vector<double>{1.5, 2})},
                       {"i", Tensor::of(DataType::int64, {1, 0}, {})},
                       {"f", Tensor::scalar(DataType::boolean, 0)}});
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_THAT(numbers((*results)[0].tensor), ElementsAre(3, 4));
  EXPECT_THAT((*results)[1].tensor.dims(), ElementsAre(1, 0));
  EXPECT_THAT(numbers((*results)[2].tensor), ElementsAre(1));
}

TEST(Session, RunsStrings) {
  TemporaryModels models;
  auto session = the_engine().open(
      models.save("strings", "g (string[N] x) => (string[N] y) { y = Identity(x) }"), {});
  ASSERT_TRUE(session) << session.error().text();
  const auto words =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"", "transformer"});
  auto results = (*session)->run({{"x", Tensor(DataType::string, {2}, words)}});
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ(*std::get<Tensor::Strings>((*results)[0].tensor.content()), *words);
}

TEST(Session, FailsInTheRuntimesWords) {
  TemporaryModels models;
  EXPECT_THAT(the_engine().open(models.write("text.onnx", "hello"), {}).error().text(),
              HasSubstr("text.onnx"));
  auto session = the_engine().open(models.save("mixed", mixed), {});
  ASSERT_TRUE(session);
  auto results = (*session)->run({});
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, Code::failure);
}

TEST(Session, AProviderThatTheRuntimeLacksIsNamedWithThoseItHas) {
  TemporaryModels models;
  auto session = the_engine().open(models.save("mixed", mixed), {.providers = {{"quantum", {}}}});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::usage);
  EXPECT_THAT(session.error().text(), HasSubstr("no execution provider 'quantum'"));
  EXPECT_THAT(session.error().text(), HasSubstr("cpu"));
}

TEST(OptimiseOffline, WritesTheRuntimesModel) {
  TemporaryModels models;
  const auto model = models.save("twice", R"(
    g (float[B, 2] x) => (float[B, 2] y) {
      a = Identity(x)
      b = Identity(a)
      y = Add(b, b)
    })");
  const auto output = models.folder() / "out.onnx";
  Result<void> done = optimise_offline(model, output, {.runtime = the_runtime()});
  ASSERT_TRUE(done) << done.error().text();
  Result<LoadedModel> loaded = load(output);
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(loaded->model->graph().node_count(), 1U);
}

TEST(OptimiseOffline, FailsWithoutAnOutputWhenTheModelIsBad) {
  TemporaryModels models;
  const auto output = models.folder() / "out.onnx";
  Result<void> done =
      optimise_offline(models.write("bad.onnx", "hello"), output, {.runtime = the_runtime()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::failure);
  EXPECT_FALSE(std::filesystem::exists(output));
}

}  // namespace
}  // namespace ortopt
