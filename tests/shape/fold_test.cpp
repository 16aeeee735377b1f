#include "ortopt/shape/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ortopt/ir/text.h"

namespace ortopt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Folds every node of a graph of constants in turn.
class Folded {
 public:
  explicit Folded(const std::string& nodes) {
    auto parsed = parse_text("g () => () <" + nodes);
    if (!parsed) {
      ADD_FAILURE() << parsed.error().message;
      return;
    }
    model_ = std::move(*parsed);
    for (const Node& node : model_->graph().nodes()) fold_node(node);
  }

  [[nodiscard]] const Tensor* find(const std::string& name) const {
    const auto found = known_.find(name);
    return found == known_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::vector<double> numbers(const std::string& name) const {
    const Tensor* tensor = find(name);
    if (tensor == nullptr) {
      ADD_FAILURE() << name << " was not folded";
      return {};
    }
    return tensor->numbers().value();
  }
  [[nodiscard]] std::vector<int64_t> dims(const std::string& name) const {
    return find(name) == nullptr ? std::vector<int64_t>{-1} : find(name)->dims();
  }

 private:
  void fold_node(const Node& node) {
    std::vector<const Tensor*> inputs;
    for (const Value* input : node.inputs()) {
      const Tensor* tensor = input == nullptr                  ? nullptr
                             : input->initializer() != nullptr ? input->initializer()
                                                               : find(input->name());
      if (input != nullptr && tensor == nullptr) return;
      inputs.push_back(tensor);
    }
    const auto results = fold(node, inputs);
    if (!results) return;
    for (std::size_t k = 0; k < node.outputs().size(); ++k)
      if (node.output(k) != nullptr) known_.emplace(node.output(k)->name(), (*results)[k]);
  }

  std::unique_ptr<Model> model_;
  std::map<std::string, Tensor> known_;
};

TEST(Fold, ArithmeticBroadcasts) {
  const Folded folded(R"(float[2, 1] a = {1, 2}, float[3] b = {10, 20, 30}> {
    sum = Add (a, b)
    quotient = Div (b, a)
  })");
  EXPECT_EQ(folded.dims("sum"), (std::vector<int64_t>{2, 3}));
  EXPECT_THAT(folded.numbers("sum"), ElementsAre(11, 21, 31, 12, 22, 32));
  EXPECT_THAT(folded.numbers("quotient"), ElementsAre(10, 20, 30, 5, 10, 15));
}

TEST(Fold, IntegersDivideTowardsZeroAndWrapAround) {
  const Folded folded(R"(int64[2] a = {-7, 7}, int64 two = {2}, int32 big = {2147483647},
                         int32 one = {1}, int64 zero = {0}> {
    quotient = Div (a, two)
    rest = Mod (a, two)
    wrapped = Add (big, one)
    nothing = Div (a, zero)
  })");
  EXPECT_THAT(folded.numbers("quotient"), ElementsAre(-3, 3));
  EXPECT_THAT(folded.numbers("rest"), ElementsAre(1, 1)) << "Mod has the sign of the divisor";
  EXPECT_THAT(folded.numbers("wrapped"), ElementsAre(-2147483648.0));
  EXPECT_EQ(folded.find("nothing"), nullptr) << "no answer is not 0";
}

TEST(Fold, HalfFloatsRoundAfterEachOperator) {
  // 2048 + 1 is not a half float.
  const Folded folded(R"(float16 big = {26624}, float16 one = {15360}> { sum = Add (big, one) })");
  EXPECT_EQ(folded.find("sum")->dtype(), DataType::float16);
  EXPECT_THAT(folded.numbers("sum"), ElementsAre(2048));
}

TEST(Fold, CastsLikeTheRuntime) {
  const Folded folded(R"(float[4] a = {-1.9, 0.0, 0.5, 300.0}> {
    whole = Cast <to = 7> (a)
    truth = Cast <to = 9> (a)
    half = Cast <to = 10> (a)
  })");
  EXPECT_THAT(folded.numbers("whole"), ElementsAre(-1, 0, 0, 300));
  EXPECT_THAT(folded.numbers("truth"), ElementsAre(1, 0, 1, 1));
  EXPECT_EQ(folded.find("half")->dtype(), DataType::float16);
}

TEST(Fold, ComparesAndChooses) {
  const Folded folded(R"(int64[3] a = {1, 2, 3}, int64 two = {2}, float low = {-1.0},
                         float high = {1.0}> {
    less = Less (a, two)
    equal = Equal (a, two)
    either = Or (less, equal)
    neither = Not (either)
    chosen = Where (neither, high, low)
  })");
  EXPECT_THAT(folded.numbers("either"), ElementsAre(1, 1, 0));
  EXPECT_THAT(folded.numbers("chosen"), ElementsAre(-1, -1, 1));
  EXPECT_EQ(folded.find("less")->dtype(), DataType::boolean);
}

TEST(Fold, UnaryFunctions) {
  const Folded folded(R"(float[3] a = {-1.5, 0.25, 2.5}, float[2] b = {4.0, 0.25},
                         float zero = {0.0}, float one = {1.0}> {
    root = Sqrt (b)
    inverse = Reciprocal (b)
    down = Floor (a)
    up = Ceil (a)
    near = Round (a)
    size = Abs (a)
    minus = Neg (a)
    erf = Erf (one)
    clipped = Clip (a, zero, one)
    rectified = Relu (a)
    powers = Pow (b, one)
    ok = IsNaN (a)
  })");
  EXPECT_THAT(folded.numbers("root"), ElementsAre(2, 0.5));
  EXPECT_THAT(folded.numbers("inverse"), ElementsAre(0.25, 4));
  EXPECT_THAT(folded.numbers("down"), ElementsAre(-2, 0, 2));
  EXPECT_THAT(folded.numbers("up"), ElementsAre(-1, 1, 3));
  EXPECT_THAT(folded.numbers("near"), ElementsAre(-2, 0, 2)) << "halves go to even";
  EXPECT_THAT(folded.numbers("size"), ElementsAre(1.5, 0.25, 2.5));
  EXPECT_THAT(folded.numbers("minus"), ElementsAre(1.5, -0.25, -2.5));
  EXPECT_THAT(folded.numbers("erf"), ElementsAre(testing::DoubleNear(std::erf(1.0), 1e-7)));
  EXPECT_THAT(folded.numbers("clipped"), ElementsAre(0, 0.25, 1));
  EXPECT_THAT(folded.numbers("rectified"), ElementsAre(0, 0.25, 2.5));
  EXPECT_THAT(folded.numbers("powers"), ElementsAre(4, 0.25));
  EXPECT_THAT(folded.numbers("ok"), ElementsAre(0, 0, 0));
}

TEST(Fold, Moves) {
  const Folded folded(R"(int64[2, 3] a = {1, 2, 3, 4, 5, 6}, int64[2] wide = {3, -1},
                         int64[1] zero = {0}, int64[1] one = {1}, int64[1] minus = {-1},
                         int64[1] before = {-9223372036854775807}, int64[2] picks = {2, -3}> {
    t = Transpose (a)
    r = Reshape (a, wide)
    u = Unsqueeze (a, zero)
    s = Squeeze (u)
    f = Flatten <axis = 0> (a)
    c = Concat <axis = -1> (a, a)
    backwards = Slice (a, minus, before, one, minus)
    g = Gather <axis = 1> (a, picks)
    x, y, z = Split <axis = 1> (a)
    sizes = Shape (a)
    count = Size (a)
  })");
  EXPECT_THAT(folded.numbers("t"), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_EQ(folded.dims("r"), (std::vector<int64_t>{3, 2}));
  EXPECT_EQ(folded.dims("u"), (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(folded.dims("s"), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(folded.dims("f"), (std::vector<int64_t>{1, 6}));
  EXPECT_THAT(folded.numbers("c"), ElementsAre(1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6));
  EXPECT_THAT(folded.numbers("backwards"), ElementsAre(3, 2, 1, 6, 5, 4));
  EXPECT_THAT(folded.numbers("g"), ElementsAre(3, 1, 6, 4));
  EXPECT_THAT(folded.numbers("y"), ElementsAre(2, 5));
  EXPECT_THAT(folded.numbers("sizes"), ElementsAre(2, 3));
  EXPECT_THAT(folded.numbers("count"), ElementsAre(6));
}

TEST(Fold, Copies) {
  const Folded folded(R"(int64[2, 1] a = {1, 2}, int64[3] target = {2, 1, 2},
                         int64[2] times = {1, 2}, int64[2] three = {1, 3}> {
    expanded = Expand (a, target)
    tiled = Tile (a, times)
    filled = ConstantOfShape <value = float[1] {0.5}> (three)
  })");
  EXPECT_EQ(folded.dims("expanded"), (std::vector<int64_t>{2, 2, 2}));
  EXPECT_THAT(folded.numbers("expanded"), ElementsAre(1, 1, 2, 2, 1, 1, 2, 2));
  EXPECT_THAT(folded.numbers("tiled"), ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(folded.numbers("filled"), ElementsAre(0.5, 0.5, 0.5));
}

TEST(Fold, RangesStopBeforeTheirLimit) {
  const Folded folded(R"(int64 zero = {0}, int64 five = {5}, int64 two = {2}, int64 minus = {-2},
                         float start = {0.0}, float limit = {1.0}, float step = {0.25}> {
    up = Range (zero, five, two)
    down = Range (five, zero, minus)
    none = Range (five, zero, two)
    parts = Range (start, limit, step)
    never = Range (zero, five, zero)
  })");
  EXPECT_THAT(folded.numbers("up"), ElementsAre(0, 2, 4));
  EXPECT_THAT(folded.numbers("down"), ElementsAre(5, 3, 1));
  EXPECT_THAT(folded.numbers("none"), IsEmpty());
  EXPECT_THAT(folded.numbers("parts"), ElementsAre(0, 0.25, 0.5, 0.75));
  EXPECT_EQ(folded.find("never"), nullptr);
}

TEST(Fold, Reductions) {
  const Folded folded(R"(int64[2, 3] a = {1, 2, 3, 4, 5, 6}, int64[1] last = {-1},
                         int64 first = {0}> {
    sum = ReduceSum (a, last)
    product = ReduceProd <axes = [0], keepdims = 0> (a)
    most = ReduceMax (a)
    least = ReduceMin <axes = [1], keepdims = 0> (a)
    mean = ReduceMean <axes = [0]> (a)
    running = CumSum (a, first)
  })");
  EXPECT_EQ(folded.dims("sum"), (std::vector<int64_t>{2, 1}));
  EXPECT_THAT(folded.numbers("sum"), ElementsAre(6, 15));
  EXPECT_THAT(folded.numbers("product"), ElementsAre(4, 10, 18));
  EXPECT_THAT(folded.numbers("most"), ElementsAre(6));
  EXPECT_THAT(folded.numbers("least"), ElementsAre(1, 4));
  EXPECT_THAT(folded.numbers("mean"), ElementsAre(2, 3, 4));
  EXPECT_THAT(folded.numbers("running"), ElementsAre(1, 2, 3, 5, 7, 9));
}

TEST(Fold, TablesAndTriangles) {
  const Folded folded(R"(int64[2, 2] a = {1, 2, 3, 4}, int64[2, 2] where = {0, 1, 1, 0},
                         int64[2] values = {8, 9}, int64[2] ids = {1, -1}, int64 depth = {3},
                         float[2] off_on = {0.0, 1.0}> {
    picked = GatherND (a, where)
    changed = ScatterND (a, where, values)
    lower = Trilu <upper = 0> (a)
    hot = OneHot (ids, depth, off_on)
    places = NonZero (lower)
  })");
  EXPECT_THAT(folded.numbers("picked"), ElementsAre(2, 3));
  EXPECT_THAT(folded.numbers("changed"), ElementsAre(1, 8, 9, 4));
  EXPECT_THAT(folded.numbers("lower"), ElementsAre(1, 0, 3, 4));
  EXPECT_THAT(folded.numbers("hot"), ElementsAre(0, 1, 0, 0, 0, 1));
  EXPECT_EQ(folded.dims("places"), (std::vector<int64_t>{2, 3}));
  EXPECT_THAT(folded.numbers("places"), ElementsAre(0, 1, 1, 0, 0, 1));
}

TEST(Fold, WhatDoesNotFitIsLeftAlone) {
  const Folded folded(R"(int64[2] a = {1, 2}, int64[3] b = {1, 2, 3}, float[2] f = {1, 2},
                         int64[1] huge = {1000000000000}, int64[1] five = {5}> {
    sum = Add (a, b)
    mixed = Add (a, f)
    filled = ConstantOfShape (huge)
    shaped = Reshape (a, five)
    picked = Gather (a, five)
    unknown = some.domain.Add (a, a)
  })");
  for (const char* name : {"sum", "mixed", "filled", "shaped", "picked", "unknown"})
    EXPECT_EQ(folded.find(name), nullptr) << name;
}

TEST(Fold, LargeTensorsAreMovedByRecipe) {
  const std::vector<double> numbers(std::size_t{256} * 512, 1.5);
  const Tensor weight = Tensor::of(DataType::float32, {256, 512}, numbers);
  Model model;
  Graph& graph = model.reset_graph("g");
  Value& w = graph.add_initializer("w", weight);
  const Node& node = graph.insert({.op = "Transpose", .inputs = {&w}, .outputs = {"t"}});
  const Tensor* inputs[] = {&weight};
  const auto result = fold(node, inputs);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->front().dims(), (std::vector<int64_t>{512, 256}));
  EXPECT_TRUE(std::holds_alternative<std::shared_ptr<const Recipe>>(result->front().content()));
  const Node& add = graph.insert({.op = "Add", .inputs = {&w, &w}, .outputs = {"s"}});
  const Tensor* twice[] = {&weight, &weight};
  EXPECT_FALSE(fold(add, twice)) << "arithmetic on weights is not done";
}

}  // namespace
}  // namespace ortopt
