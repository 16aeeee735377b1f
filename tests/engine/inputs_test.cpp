#include "ortopt/engine/inputs.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include "ortopt/ir/text.h"

namespace ortopt {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::Ge;
using ::testing::Lt;
using ::testing::SizeIs;

/// A plan for a graph in text form.
struct Planned {
  std::unique_ptr<Model> model;
  InputPlan plan;

  [[nodiscard]] InputMeaning meaning(const std::string& name) const {
    for (std::size_t i = 0; i < plan.inputs().size(); ++i)
      if (plan.inputs()[i].name == name) return plan.meanings()[i];
    throw std::runtime_error("no input " + name);
  }
  [[nodiscard]] std::map<std::string, std::vector<int64_t>> dims(const InputCase& inputs) const {
    std::map<std::string, std::vector<int64_t>> out;
    const auto feeds = plan.feeds(inputs, 1);
    for (const NamedTensor& feed : *feeds) out[feed.name] = feed.tensor.dims();
    return out;
  }
  [[nodiscard]] std::vector<double> values(const std::string& name, const InputCase& inputs) const {
    const auto feeds = plan.feeds(inputs, 1);
    for (const NamedTensor& feed : *feeds)
      if (feed.name == name) return *feed.tensor.numbers();
    throw std::runtime_error("no input " + name);
  }
};

/// Writes out the tables of a text: `float[2, 2] words = zeros`.
std::string with_tables(std::string text) {
  constexpr std::string_view zeros = " = zeros";
  for (std::size_t at = text.find(zeros); at != std::string::npos; at = text.find(zeros)) {
    const std::size_t open = text.rfind('[', at);
    std::istringstream sizes(text.substr(open + 1, text.find(']', open) - open - 1));
    int64_t count = 1;
    for (std::string size; std::getline(sizes, size, ',');) count *= std::stoll(size);
    std::string numbers = "0";
    for (int64_t i = 1; i < count; ++i) numbers += ", 0";
    text.replace(at, zeros.size(), " = {" + numbers + "}");
  }
  return text;
}

Planned planned(const std::string& text) {
  Result<std::unique_ptr<Model>> model = parse_text(with_tables(text));
  if (!model) throw std::runtime_error(model.error().text());
  std::vector<Port> ports;
  for (const Value* input : (*model)->graph().inputs()) {
    Port port{input->name(), input->declared_type(), {}, {}};
    for (const DeclaredDim& dim : input->declared_shape().value_or(DeclaredShape())) {
      port.dims.push_back(dim.size.value_or(-1));
      port.symbols.push_back(dim.symbol);
    }
    ports.push_back(port);
  }
  InputPlan plan(std::move(ports), &(*model)->graph());
  return {std::move(*model), std::move(plan)};
}

// Names that say nothing: the graph has to tell.
constexpr auto bert = R"(
  g (int64[B, S] a, int64[B, S] b, int64[B, S] c, int64[B, S] pos) => (float[B, S, 4] y)
  <float[50, 4] words = zeros, float[2, 4] segments = zeros, float[20, 4] positions = zeros, float one = {1},
   float far = {-10000}, int64[1] axis = {2}> {
    w = Gather(words, a)
    s = Gather(segments, b)
    p = Gather(positions, pos)
    ws = Add(w, s)
    wsp = Add(ws, p)
    f = Cast<to = 1>(c)
    n = Sub(one, f)
    m = Mul(n, far)
    u = Unsqueeze(m, axis)
    y = Add(wsp, u)
  })";

TEST(InputPlan, AMaskOfOneDimensionHoldsLengthsOrThemAndTheirSums) {
  const Planned model = planned(R"(
    g (float[B, S, 8] x, int32[K] rows) => (float[B, S, 8] y)
    <float[8, 24] w = zeros, float[24] bias = zeros> {
      y = com.microsoft.Attention<num_heads = 2>(x, w, bias, rows)
    })");
  EXPECT_EQ(model.meaning("rows").kind, InputKind::length);
  InputCase inputs = model.plan.case_of({.batch = 2, .sequence = 4});
  inputs.padding = Padding::right;
  inputs.lengths = {4, 3};
  EXPECT_THAT(model.values("rows", inputs), ElementsAre(4, 3));
  inputs.length_form = LengthForm::with_sums;
  EXPECT_THAT(model.values("rows", inputs), ElementsAre(4, 3, 0, 4, 8, 0, 4, 7));
}

TEST(InputPlan, TellsIdsSegmentsPositionsAndMasksByTheirUse) {
  const Planned model = planned(bert);
  EXPECT_EQ(model.meaning("a").kind, InputKind::ids);
  EXPECT_EQ(model.meaning("a").limit, 50);
  EXPECT_EQ(model.meaning("b").kind, InputKind::segment);
  EXPECT_EQ(model.meaning("pos").kind, InputKind::position);
  EXPECT_EQ(model.meaning("c").kind, InputKind::mask);
}

TEST(InputPlan, MakesValuesThatMeanSomething) {
  const Planned model = planned(bert);
  const InputCase right{.sizes = {.batch = 3, .sequence = 6, .past = 0, .total = 6},
                        .padding = Padding::right};
  EXPECT_THAT(model.values("a", right), Each(AllOf(Ge(0), Lt(50))));
  EXPECT_THAT(model.values("c", right),
              ElementsAreArray({1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0}));
  InputCase left = right;
  left.padding = Padding::left;
  EXPECT_THAT(model.values("c", left),
              ElementsAreArray({1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}));
  left.sizes.batch = 1;
  EXPECT_THAT(model.values("c", left), ElementsAre(0, 0, 1, 1, 1, 1));
  EXPECT_THAT(model.values("pos", left), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(model.values("b", left), ElementsAre(0, 0, 0, 1, 1, 1));
}

TEST(InputPlan, NeverMasksAWholeRow) {
  const Planned model = planned(bert);
  for (const int64_t sequence : {1, 2, 3})
    for (const Padding padding : {Padding::left, Padding::right}) {
      const InputCase inputs{.sizes = {.batch = 1, .sequence = sequence, .total = sequence},
                             .padding = padding};
      EXPECT_THAT(model.values("c", inputs), ::testing::Contains(1.0));
    }
}

TEST(InputPlan, IsTheSameForTheSameSeedOnly) {
  const Planned model = planned(bert);
  const InputCase inputs = model.plan.cases().front();
  const auto bytes = [&](uint64_t seed) {
    return *(*(*model.plan.feeds(inputs, seed))[0].tensor.bytes());
  };
  EXPECT_EQ(bytes(1), bytes(1));
  EXPECT_NE(bytes(1), bytes(2));
}

TEST(InputPlan, IdsHeldInFloatsAndShiftedStayInTheirTable) {
  const Planned model = planned(R"(
    g (float[B, S] x) => (float[B, S, 4] y) <float[10, 4] table = zeros, int64 two = {2}> {
      i = Cast<to = 7>(x)
      shifted = Add(i, two)
      y = Gather(table, shifted)
    })");
  EXPECT_EQ(model.meaning("x").kind, InputKind::ids);
  EXPECT_THAT(model.values("x", model.plan.cases().front()), Each(AllOf(Ge(0), Lt(8))));
}

TEST(InputPlan, PutsThePaddingIdWhereTheGraphLooksForIt) {
  const Planned model = planned(R"(
    g (int64[B, S] x) => (float[B, S, 4] y) <float[50, 4] table = zeros, int64 pad = {9}> {
      e = Gather(table, x)
      is_pad = Equal(x, pad)
      f = Cast<to = 1>(is_pad)
      y = Mul(e, f)
    })");
  EXPECT_EQ(model.meaning("x").padding, 9);
  const InputCase inputs{.sizes = {.batch = 1, .sequence = 5, .past = 0, .total = 5},
                         .padding = Padding::right};
  const std::vector<double> ids = model.values("x", inputs);
  EXPECT_EQ(std::ranges::count(ids, 9), 2);
  EXPECT_EQ(ids[3], 9);
  EXPECT_EQ(ids[4], 9);
}

TEST(InputPlan, EndsRowsWithTheIdThatTheGraphSearches) {
  const Planned model = planned(R"(
    g (int64[B, S] x) => (float[B, S, 4] e, int64[B] y) <float[50, 4] table = zeros, int64 end = {9}> {
      e = Gather(table, x)
      is_end = Equal(x, end)
      f = Cast<to = 6>(is_end)
      y = ArgMax<axis = 1, keepdims = 0>(f)
    })");
  EXPECT_FALSE(model.meaning("x").padding);
  const InputCase left{.sizes = {.batch = 2, .sequence = 6, .past = 0, .total = 6},
                       .padding = Padding::left};
  const std::vector<double> ids = model.values("x", left);
  EXPECT_EQ(std::ranges::count(ids, 9), 2);
  EXPECT_EQ(ids[5], 9);
  EXPECT_EQ(ids[11], 9);
}

TEST(InputPlan, RotaryPositionsEndInASine) {
  const Planned model = planned(R"(
    g (int64[B, S] x) => (float[B, S, 4] y) <float[1, 4] w = zeros, int64[1] axis = {2}> {
      f = Cast<to = 1>(x)
      u = Unsqueeze(f, axis)
      angle = MatMul(u, w)
      y = Sin(angle)
    })");
  EXPECT_EQ(model.meaning("x").kind, InputKind::position);
}

/// A model with a past, `length` new words and a mask over both.
Planned planned_with_past(const std::string& length) {
  return planned("g (int64[B, " + length +
                 R"(] x, float[B, 2, P, 4] k, int64[B, T] m) => (float[B, 2, T, 4] y, float[B, T] z)
    <float[50, 8] table = zeros, int64[4] shape = {0, 0, 2, 4}, float one = {1}> {
      e = Gather(table, x)
      r = Reshape(e, shape)
      t = Transpose<perm = [0, 2, 1, 3]>(r)
      y = Concat<axis = 2>(k, t)
      f = Cast<to = 1>(m)
      z = Sub(one, f)
    })");
}

TEST(InputPlan, TheMaskOfAModelWithPastCoversBoth) {
  const Planned model = planned_with_past("S");
  EXPECT_EQ(model.meaning("k").kind, InputKind::past);
  for (const InputCase& inputs : model.plan.cases()) {
    const auto dims = model.dims(inputs);
    EXPECT_EQ(dims.at("m")[1], dims.at("x")[1] + dims.at("k")[2]);
    EXPECT_EQ(dims.at("m")[0], dims.at("k")[0]);
  }
  // With a past, a single step and an empty past are cases of their own.
  EXPECT_THAT(model.plan.cases(), SizeIs(4));
}

TEST(InputPlan, TheMaskOfAModelOfSingleStepsCoversThePastAndThatStep) {
  const Planned model = planned_with_past("1");
  for (const InputCase& inputs : model.plan.cases()) {
    const auto dims = model.dims(inputs);
    EXPECT_EQ(dims.at("m")[1], dims.at("k")[2] + 1);
  }
}

TEST(InputPlan, SymbolsThatAnExporterMadeUpForOneInputAreReadByPlace) {
  const Planned model = planned(R"(
    g (int64[unk__1, unk__2] a, int64[unk__3, unk__4] b) => (float[unk__1, unk__2, 4] y)
    <float[50, 4] words = zeros, float[2, 4] segments = zeros> {
      w = Gather(words, a)
      s = Gather(segments, b)
      y = Add(w, s)
    })");
  for (const InputCase& inputs : model.plan.cases())
    EXPECT_EQ(model.dims(inputs).at("a"), model.dims(inputs).at("b"));
}

TEST(InputPlan, FixedDimensionsAreKeptAndShared) {
  const Planned model = planned(R"(
    g (int64[2, 16] a, int64[B, S] m) => (float[2, 16, 4] y)
    <float[50, 4] words = zeros, float one = {1}, int64[1] axis = {2}> {
      w = Gather(words, a)
      f = Cast<to = 1>(m)
      n = Sub(one, f)
      u = Unsqueeze(n, axis)
      y = Mul(w, u)
    })");
  for (const InputCase& inputs : model.plan.cases())
    EXPECT_THAT(model.dims(inputs).at("m"), ElementsAre(2, 16));
  EXPECT_THAT(model.plan.cases(), SizeIs(3));
}

TEST(InputPlan, ChannelsOfAnImageComeFromTheConvolution) {
  const Planned model = planned(R"(
    g (float[B, C, H, W] x) => (float[B, 8, N, M] y)
    <float[8, 3, 4, 4] kernel = zeros, float[1, 65, 8] table = zeros> {
      c = Conv<kernel_shape = [4, 4], strides = [4, 4]>(x, kernel)
      y = Add(c, table)
    })");
  EXPECT_EQ(model.meaning("x").kind, InputKind::features);
  const InputCase inputs = model.plan.cases().front();
  EXPECT_EQ(model.dims(inputs).at("x")[1], 3);
  // 8 · 8 patches of 4 and one more row: an image of 32.
  const auto others = model.plan.alternatives({.sizes = {.extent = 1}});
  EXPECT_TRUE(
      std::ranges::any_of(others, [](const InputCase& other) { return other.sizes.extent == 32; }));
}

TEST(InputPlan, OffersTheSizesThatAReshapeBakedIn) {
  const Planned model = planned(R"(
    g (float[B, S] x) => (float[4, 9, 1] y) <int64[3] shape = {4, 9, 1}> { y = Reshape(x, shape) })");
  const auto others = model.plan.alternatives(model.plan.cases().front());
  EXPECT_TRUE(std::ranges::any_of(others, [](const InputCase& other) {
    return other.sizes.batch == 4 && other.sizes.sequence == 9;
  }));
}

TEST(InputPlan, NamesDecideOnlyWithoutOtherEvidence) {
  const Planned model = planned(
      "g (int64[B, S] some_mask, int64[B, S] x) => (int64[B, S] y) { y = Add(some_mask, x) }");
  EXPECT_EQ(model.meaning("some_mask").kind, InputKind::mask);
}

class MaskThatMarksPadding : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(
    Spelled, MaskThatMarksPadding,
    testing::Values("y = Where(mask, low, x)", "v = Not(mask) y = Where(v, x, low)",
                    "f = Cast<to = 1>(mask) h = Mul(f, low) y = Add(x, h)",
                    "f = Cast<to = 1>(mask) v = Sub(one, f) n = Sub(one, v) h = Mul(n, low) "
                    "y = Add(x, h)"));

TEST_P(MaskThatMarksPadding, IsSetAtPadding) {
  const Planned model = planned(R"(
    g (float[B, S] x, bool[B, S] mask) => (float[B, S] y)
    <float low = {-1e9}, float one = {1}> { )" +
                                GetParam() + " }");
  EXPECT_EQ(model.meaning("mask").kind, InputKind::mask);
  InputCase inputs = model.plan.case_of({.batch = 2, .sequence = 4});
  inputs.padding = Padding::right;
  EXPECT_THAT(model.values("mask", inputs).front(), 0);
  EXPECT_THAT(model.values("mask", inputs).back(), 1);
}

TEST(InputPlan, AMaskThatHidesWhatItDoesNotMarkIsSetWhereThereIsSomethingToSee) {
  for (const std::string body :
       {"y = Where(mask, x, low)", "v = Not(mask) y = Where(v, low, x)",
        "f = Cast<to = 1>(mask) v = Sub(one, f) h = Mul(v, low) y = Add(x, h)"}) {
    const Planned model = planned(R"(
    g (float[B, S] x, bool[B, S] mask) => (float[B, S] y)
    <float low = {-1e9}, float one = {1}> { )" +
                                  body + " }");
    EXPECT_FALSE(model.meaning("mask").marks_padding) << body;
  }
}

}  // namespace
}  // namespace ortopt
