#include <gmock/gmock.h>

#include <map>

#include "ortopt/engine/input_request.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_engine;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;

const std::string words = R"(
  g (int64[B, S] ids, int64[B, S] mask) => (float[B, S, 2] y)
  <float[8, 2] table = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}> {
    rows = Gather(table, ids)
    zero = Constant <value = int64 {0}> ()
    axis = Constant <value = int64[1] {2}> ()
    seen = Greater(mask, zero)
    column = Unsqueeze(seen, axis)
    y = Where(column, rows, rows)
  })";

struct Opened {
  TemporaryModels models;
  std::filesystem::path path;
  std::unique_ptr<Session> session;

  explicit Opened(std::string_view text) : path(models.save("model", text)) {
    Result<std::unique_ptr<Session>> opened = the_engine().open(path, {});
    if (!opened) throw std::runtime_error(opened.error().text());
    session = std::move(*opened);
  }
  [[nodiscard]] Result<InputSource> source(const InputRequest& request) const {
    return inputs_for(request, *session, path);
  }
};

std::map<std::string, Tensor> by_name(const std::vector<NamedTensor>& feeds) {
  std::map<std::string, Tensor> out;
  for (const NamedTensor& feed : feeds) out[feed.name] = feed.tensor;
  return out;
}

TEST(InputSource, MakesTheSizesThatAreAskedForWithoutPadding) {
  const Opened model(words);
  const auto source = model.source({.batch = 3, .sequence = 5});
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_EQ(source->description(), "batch 3, sequence 5");
  EXPECT_THAT(source->remarks(), IsEmpty());
  auto feeds = by_name(*source->sample(0));
  EXPECT_THAT(feeds["ids"].dims(), ElementsAre(3, 5));
  EXPECT_THAT(*feeds["ids"].int64s(), Each(AllOf(Ge(0), Le(7))));
  EXPECT_THAT(*feeds["mask"].int64s(), Each(1));
}

TEST(InputSource, SamplesDifferAndAreTheSameEveryTime) {
  const Opened model(words);
  const auto source = model.source({.batch = 2, .sequence = 50, .samples = 2});
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_EQ(source->count(), 2U);
  const auto ids = [&](std::size_t index) {
    return *by_name(*source->sample(index)).at("ids").int64s();
  };
  EXPECT_EQ(ids(0), ids(0));
  EXPECT_NE(ids(0), ids(1));
}

TEST(InputSource, PadsToTheAverageLength) {
  const Opened model(words);
  const auto source = model.source({.batch = 2, .sequence = 4, .average_length = 3});
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_THAT(*by_name(*source->sample(0)).at("mask").int64s(),
              ElementsAre(1, 1, 1, 0, 1, 1, 1, 0));
}

TEST(InputSource, RandomLengthsStayWithinTheSequence) {
  const Opened model(words);
  const auto source = model.source(
      {.batch = 64, .sequence = 10, .average_length = 7, .random_lengths = true, .seed = 5});
  ASSERT_TRUE(source) << source.error().text();
  const auto mask = *by_name(*source->sample(0)).at("mask").int64s();
  int64_t sum = 0;
  for (std::size_t row = 0; row < 64; ++row) {
    int64_t length = 0;
    for (std::size_t at = 0; at < 10; ++at) length += mask[row * 10 + at];
    EXPECT_THAT(length, AllOf(Ge(4), Le(10)));
    sum += length;
  }
  EXPECT_NEAR(static_cast<double>(sum) / 64, 7, 1);
}

TEST(InputSource, MarksGlobalPlaces) {
  const Opened model(R"(
    g (int64[B, S] ids, int64[B, S] global_attention_mask) => (bool[B, S] y) {
      zero = Constant <value = int64 {0}> ()
      a = Greater(global_attention_mask, zero)
      b = Greater(ids, zero)
      y = And(a, b)
    })");
  const auto source = model.source({.style = InputStyle::longformer,
                                    .batch = 1,
                                    .sequence = 4,
                                    .global_places = 2,
                                    .meanings = {{"ids", InputKind::ids}}});
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_THAT(*by_name(*source->sample(0)).at("global_attention_mask").int64s(),
              ElementsAre(1, 1, 0, 0));
}

TEST(InputSource, AStyleThatDoesNotSuitTheModelIsAnErrorThatNamesItsInputs) {
  const Opened model("g (float[N, 4] x) => (float[N, 4] y) { y = Neg(x) }");
  const auto source = model.source({.style = InputStyle::bert});
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Code::usage);
  EXPECT_THAT(source.error().text(), HasSubstr("'bert' need a model with an input of kind ids"));
}

TEST(InputSource, AnInputThatIsNotThereCannotBeGivenAMeaning) {
  const Opened model(words);
  const auto source = model.source({.meanings = {{"input_ids", InputKind::ids}}});
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().text(), HasSubstr("no input 'input_ids'"));
}

TEST(InputSource, SizesThatMakeNoSenseAreErrors) {
  const Opened model(words);
  for (const InputRequest& request :
       {InputRequest{.batch = 0}, InputRequest{.sequence = -1}, InputRequest{.past = -1},
        InputRequest{.sequence = 4, .average_length = 5}, InputRequest{.samples = 0}})
    EXPECT_EQ(model.source(request).error().code, Code::usage);
}

TEST(InputSource, ASizeThatTheModelFixesIsRemarkedOn) {
  const Opened model(R"(
    g (int64[2, S] ids) => (float[2, S, 2] y)
    <float[2, 2] table = {0, 0, 0, 0}> { y = Gather(table, ids) })");
  const auto source =
      model.source({.batch = 8, .sequence = 4, .meanings = {{"ids", InputKind::ids}}});
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_EQ(source->sizes().batch, 2);
  EXPECT_THAT(source->remarks(), ElementsAre("the model fixes batch at 2; 8 was asked for"));
}

TEST(InputSource, TheFixedWidthOfARowIsNoLength) {
  const Opened model("g (float[B, 4] x) => (float[B, 4] y) { y = Neg(x) }");
  const auto source = model.source({.batch = 3, .sequence = 100});
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_THAT(source->remarks(), IsEmpty());
  EXPECT_THAT((*source->sample(0))[0].tensor.dims(), ElementsAre(3, 4));
}

TEST(InputSource, FindsTheSizesThatAnExporterLeftInside) {
  Opened model(R"(
    g (int64[B, S] ids) => (float[2, 16, 2] y)
    <float[9, 2] table = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
     int64[3] shape = {2, 16, 2}> {
      rows = Gather(table, ids)
      y = Reshape(rows, shape)
    })");
  auto source = model.source({.batch = 1, .sequence = 100});
  ASSERT_TRUE(source) << source.error().text();
  const Result<void> fitted = source->fit(*model.session);
  ASSERT_TRUE(fitted) << fitted.error().text();
  EXPECT_EQ(source->sizes().batch, 2);
  EXPECT_EQ(source->sizes().sequence, 16);
  EXPECT_THAT(source->remarks(),
              ElementsAre("the model does not run with batch 1, sequence 100; it is run with batch "
                          "2, sequence 16"));
}

TEST(InputSource, ModelsOfFewerPositionsRunWithAsManyAsTheyHave) {
  // Eight rows of positions are there; sixteen do not go with them.
  Opened model(R"(
    g (float[B, S] x) => (float[B, S] y)
    <int64[8] places = {0, 1, 2, 3, 4, 5, 6, 7}, int64[1] zero = {0}> {
      sizes = Shape<start = 1>(x)
      axes = Constant<value = int64[1] {0}>()
      taken = Slice(places, zero, sizes, axes)
      numbers = Cast<to = 1>(taken)
      row = Unsqueeze(numbers, axes)
      y = Add(x, row)
    })");
  auto source = model.source({.batch = 1, .sequence = 32});
  ASSERT_TRUE(source) << source.error().text();
  const Result<void> fitted = source->fit(*model.session);
  ASSERT_TRUE(fitted) << fitted.error().text();
  EXPECT_EQ(source->sizes().sequence, 8);
}

TEST(InputStyle, IsCalledAsTheIncumbentCallsIt) {
  EXPECT_EQ(parse_input_style("default"), InputStyle::automatic);
  EXPECT_EQ(parse_input_style("gpt2"), InputStyle::gpt2);
  EXPECT_EQ(parse_input_style("gpt3"), std::nullopt);
}

}  // namespace
}  // namespace ortopt
