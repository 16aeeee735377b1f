#include <gmock/gmock.h>

#include "ortopt/engine/engine.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_engine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<double> numbers(const Tensor& tensor) { return *tensor.numbers(); }

NamedTensor floats(const std::string& name, const std::vector<double>& values) {
  const auto count = static_cast<int64_t>(values.size());
  return {name, Tensor::of(DataType::float32, {count}, values)};
}

/// `text` opened with every default.
std::unique_ptr<Session> opened(TemporaryModels& models, std::string_view text) {
  Result<std::unique_ptr<Session>> session = the_engine().open(models.save("model", text), {});
  if (!session) throw std::runtime_error(session.error().text());
  return std::move(*session);
}

TEST(BoundRun, GivesWhatAPlainRunGivesEveryTime) {
  TemporaryModels models;
  const auto session = opened(models, "g (float[N] x) => (float[N] y) { y = Add(x, x) }");
  auto run = session->bind({floats("x", {1, 2, 3})});
  ASSERT_TRUE(run) << run.error().text();
  for (int i = 0; i < 3; ++i) {
    const Result<void> done = (*run)->run();
    ASSERT_TRUE(done) << done.error().text();
  }
  auto outputs = (*run)->outputs();
  ASSERT_TRUE(outputs) << outputs.error().text();
  EXPECT_EQ((*outputs)[0].name, "y");
  EXPECT_THAT(numbers((*outputs)[0].tensor), ElementsAre(2, 4, 6));
}

TEST(BoundRun, HasNoOutputsBeforeItsFirstRun) {
  TemporaryModels models;
  const auto session = opened(models, "g (float[N] x) => (float[N] y) { y = Neg(x) }");
  auto run = session->bind({floats("x", {1})});
  ASSERT_TRUE(run) << run.error().text();
  EXPECT_EQ((*run)->outputs().error().code, Code::usage);
}

TEST(BoundRun, ItsOutputsAreCopiesThatLaterRunsLeaveAlone) {
  TemporaryModels models;
  const auto session = opened(models, "g (float[N] x) => (float[N] y) { y = Neg(x) }");
  auto run = session->bind({floats("x", {1})});
  ASSERT_TRUE((*run)->run());
  const auto first = (*run)->outputs();
  run->reset();
  EXPECT_THAT(numbers((*first)[0].tensor), ElementsAre(-1));
}

TEST(BoundRun, KeepsItsFeedsAndItsSession) {
  TemporaryModels models;
  auto session = opened(models, "g (float[N] x) => (float[N] y) { y = Neg(x) }");
  auto feeds = std::make_unique<std::vector<NamedTensor>>();
  feeds->push_back(floats("x", {5, 6}));
  auto run = session->bind(*feeds);
  feeds.reset();
  session.reset();
  ASSERT_TRUE((*run)->run());
  EXPECT_THAT(numbers((*(*run)->outputs())[0].tensor), ElementsAre(-5, -6));
}

TEST(BoundRun, RunsOfOneSessionDoNotTouchEachOther) {
  TemporaryModels models;
  const auto session = opened(models, "g (float[N] x) => (float[N] y) { y = Neg(x) }");
  auto one = session->bind({floats("x", {1})});
  auto other = session->bind({floats("x", {2, 3})});
  ASSERT_TRUE((*one)->run());
  ASSERT_TRUE((*other)->run());
  ASSERT_TRUE((*one)->run());
  EXPECT_THAT(numbers((*(*one)->outputs())[0].tensor), ElementsAre(-1));
  EXPECT_THAT(numbers((*(*other)->outputs())[0].tensor), ElementsAre(-2, -3));
}

TEST(BoundRun, TakesStringsEmptyTensorsAndInputsThatAreOutputs) {
  TemporaryModels models;
  const auto session = opened(models, R"(
    g (string[N] s, float[M] x) => (string[N] t, float[M] y, int64[K] k) {
      t = Identity(s)
      y = Identity(x)
      z = NonZero(x)
      shape = Constant <value = int64[1] {-1}> ()
      k = Reshape(z, shape)
    })");
  const auto words =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"", "word"});
  auto run = session->bind({{"s", Tensor(DataType::string, {2}, words)}, floats("x", {})});
  ASSERT_TRUE(run) << run.error().text();
  for (int i = 0; i < 2; ++i) {
    const Result<void> done = (*run)->run();
    ASSERT_TRUE(done) << done.error().text();
  }
  const auto outputs = (*run)->outputs();
  ASSERT_TRUE(outputs) << outputs.error().text();
  EXPECT_EQ(*std::get<Tensor::Strings>((*outputs)[0].tensor.content()), *words);
  EXPECT_THAT((*outputs)[1].tensor.dims(), ElementsAre(0));
  EXPECT_THAT((*outputs)[2].tensor.dims(), ElementsAre(0));
}

TEST(BoundRun, AnInputThatTheModelLacksOrThatIsMissingIsAnError) {
  TemporaryModels models;
  const auto session = opened(models, "g (float[N] x) => (float[N] y) { y = Neg(x) }");
  EXPECT_THAT(session->bind({floats("z", {1})}).error().text(), HasSubstr("input 'z'"));
  auto run = session->bind({});
  ASSERT_TRUE(run) << run.error().text();
  EXPECT_EQ((*run)->run().error().code, Code::failure);
}

}  // namespace
}  // namespace ortopt
