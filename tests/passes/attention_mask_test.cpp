#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "ortopt/ir/text.h"
#include "ortopt/passes/attention/mask.h"

namespace ortopt::attention {
namespace {

/// Parses a graph and proves the mask called `mask` as an added term, or as another kind.
class Masks : public ::testing::Test {
 protected:
  const MaskMeaning& prove(const std::string& graph, MaskTerm::Kind kind = MaskTerm::Kind::add,
                           int key_axis = -1) {
    auto parsed = parse_text(graph);
    EXPECT_TRUE(parsed) << parsed.error().text();
    model_ = std::move(*parsed);
    facts_ = std::make_unique<Analysis>(model_->graph());
    prover_ = std::make_unique<MaskProver>(*facts_);
    const Value* value = model_->graph().find("m");
    EXPECT_NE(value, nullptr);
    const MaskTerm term{.kind = kind, .value = value, .fill = -1e9, .key_axis = key_axis};
    return prover_->prove(std::span(&term, 1), 4);
  }

  std::unique_ptr<Model> model_;
  std::unique_ptr<Analysis> facts_;
  std::unique_ptr<MaskProver> prover_;
};

TEST_F(Masks, BertAddsALargeNegativeNumberWhereTheMaskIsZero) {
  const MaskMeaning& meaning = prove(R"(
    g (int64[B, S] mask) => (float[B, 1, 1, S] m)
    <int64[1] a1 = {1}, int64[1] a2 = {2}, float one = {1}, float low = {-10000}> {
      u1 = Unsqueeze(mask, a1)
      u2 = Unsqueeze(u1, a2)
      f = Cast<to = 1>(u2)
      inverted = Sub(one, f)
      m = Mul(inverted, low)
    })");
  ASSERT_TRUE(meaning.proved) << meaning.reason;
  ASSERT_NE(meaning.key_padding(), nullptr) << meaning.text;
  EXPECT_EQ(meaning.key_padding()->value->name(), "mask");
  EXPECT_TRUE(meaning.key_padding()->assumed_binary);
  EXPECT_TRUE(meaning.is_plain());
  EXPECT_EQ(meaning.hidden_values, std::vector<double>{-10000});
}

TEST_F(Masks, AComparisonWithZeroAssumesNothing) {
  const MaskMeaning& meaning = prove(R"(
    g (int64[B, S] ids) => (bool[B, 1, 1, S] m)
    <int64[2] axes = {1, 2}, int64 zero = {0}> {
      padding = Equal(ids, zero)
      real = Not(padding)
      m = Unsqueeze(real, axes)
    })",
                                     MaskTerm::Kind::keep_where);
  ASSERT_TRUE(meaning.proved) << meaning.reason;
  ASSERT_NE(meaning.key_padding(), nullptr) << meaning.text;
  EXPECT_FALSE(meaning.key_padding()->assumed_binary);
  EXPECT_TRUE(meaning.key_padding()->visible_when_set);
}

TEST_F(Masks, AMaskByQueriesIsNoKeyPadding) {
  const MaskMeaning& meaning = prove(R"(
    g (int64[B, S] mask) => (bool[B, 1, S, 1] m) <int64[2] axes = {1, 3}> {
      b = Cast<to = 9>(mask)
      m = Unsqueeze(b, axes)
    })",
                                     MaskTerm::Kind::keep_where);
  ASSERT_TRUE(meaning.proved) << meaning.reason;
  EXPECT_EQ(meaning.key_padding(), nullptr);
  EXPECT_FALSE(meaning.is_plain());
}

TEST_F(Masks, RangesComparedAreCausal) {
  const MaskMeaning& meaning = prove(R"(
    g (float[S, S] x) => (bool[S, S] m)
    <int64 zero = {0}, int64 one = {1}, int64[1] last = {1}, int64 first = {0}> {
      shape = Shape(x)
      s = Gather(shape, first)
      positions = Range(zero, s, one)
      rows = Unsqueeze(positions, last)
      m = LessOrEqual(positions, rows)
    })",
                                     MaskTerm::Kind::keep_where);
  ASSERT_TRUE(meaning.proved) << meaning.reason;
  ASSERT_TRUE(meaning.causal_offset()) << meaning.text;
  EXPECT_TRUE(meaning.causal_offset()->is(0));
}

// A decoder step of one query stands behind all keys.
TEST_F(Masks, AComparisonThatHoldsAtEveryPlaceHidesNothing) {
  const auto graph = [](const std::string& bound) {
    return R"(
    g (float[B, H, P, D] past) => (bool[1, K] m)
    <int64 zero = {0}, int64 one = {1}, int64[1] front = {0}, int64 third = {2}> {
      shape = Shape(past)
      p = Gather(shape, third)
      k = Add(p, one)
      positions = Range(zero, k, one)
      query = Unsqueeze()" +
           bound + R"(, front)
      m = LessOrEqual(positions, query)
    })";
  };
  const MaskMeaning& whole = prove(graph("p"), MaskTerm::Kind::keep_where);
  ASSERT_TRUE(whole.proved) << whole.reason;
  EXPECT_EQ(whole.text, "all visible");
  EXPECT_TRUE(whole.is_plain());
  const MaskMeaning& part = prove(graph("one"), MaskTerm::Kind::keep_where);
  ASSERT_TRUE(part.proved) << part.reason;
  EXPECT_FALSE(part.is_plain()) << part.text;
}

TEST_F(Masks, CountedOnesAreCausal) {
  const std::string body = R"(
    <int64 one = {1}, int64[1] at = {0}, int64 rows = {-2}, int64 columns = {-1}, float low = {-1e9}> {
      s = Shape(x) n = Concat<axis = 0>(s, s) ones = Expand(one, n) )";
  const std::string rest = " h = Not(seen) f = Cast<to = 1>(h) m = Mul(f, low) }";
  const std::string header = "g (float[S] x) => (float[S, S] m) " + body;
  const MaskMeaning& meaning =
      prove(header +
            "i = CumSum(ones, rows) j = CumSum(ones, columns) seen = GreaterOrEqual(i, j)" + rest);
  ASSERT_TRUE(meaning.proved) << meaning.reason;
  EXPECT_EQ(meaning.causal_offset(), Dim(0)) << meaning.text;
  const MaskMeaning& backwards = prove(
      header +
      "i = CumSum<reverse = 1, exclusive = 1>(ones, rows) j = CumSum<reverse = 1>(ones, columns) "
      "seen = LessOrEqual(i, j)" +
      rest);
  ASSERT_TRUE(backwards.proved) << backwards.reason;
  EXPECT_EQ(backwards.causal_offset(), Dim(1)) << backwards.text;
}

TEST_F(Masks, AConstantTriangleIsReadWhole) {
  const std::string header = "g (float[3, 3] x) => (float[3, 3] m) <float[3, 3] t = ";
  const std::string body = "> { m = Identity(t) }";
  const MaskMeaning& causal = prove(header + "{0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0}" + body);
  ASSERT_TRUE(causal.proved) << causal.reason;
  EXPECT_TRUE(causal.causal_offset() && causal.causal_offset()->is(0)) << causal.text;
  const MaskMeaning& hole = prove(header + "{0, -1e9, -1e9, 0, 0, -1e9, -1e9, 0, 0}" + body);
  EXPECT_TRUE(hole.proved);
  EXPECT_FALSE(hole.is_plain()) << "a window of two is not causal";
  EXPECT_FALSE(prove(header + "{0, -1e9, -1e9, 0, -1e9, -1e9, 0, 0, 0}" + body).proved);
}

TEST_F(Masks, ATriangleRepeatedForEachBatchRowIsOne) {
  const auto graph = [](const std::string& last) {
    return "g (float[2, 2, 2] x) => (float[2, 1, 2, 2] m) <float[2, 2, 2] t = "
           "{0, -1e9, 0, 0, 0, -1e9, 0, " +
           last + "}, int64[1] heads = {1}> { m = Unsqueeze(t, heads) }";
  };
  const MaskMeaning& causal = prove(graph("0"));
  ASSERT_TRUE(causal.proved) << causal.reason;
  EXPECT_EQ(causal.causal_offset(), Dim(0)) << causal.text;
  EXPECT_FALSE(prove(graph("-1e9")).proved);
}

TEST_F(Masks, ABiasIsNoMask) {
  const MaskMeaning& meaning = prove(R"(
    g (int64[B, S] mask) => (float[B, 1, 1, S] m) <int64[2] axes = {1, 2}, float half = {-0.5}> {
      f = Cast<to = 1>(mask)
      scaled = Mul(f, half)
      m = Unsqueeze(scaled, axes)
    })");
  EXPECT_FALSE(meaning.proved);
  EXPECT_NE(meaning.reason.find("a bias, not a mask"), std::string::npos);
}

TEST_F(Masks, ATransposedMaskBelongsToTransposedScores) {
  const std::string graph = R"(
    g (int64[B, S] mask) => (float[B, 1, S, 1] m) <int64[2] axes = {1, 3}, float one = {1}, float low = {-10000}> {
      u = Unsqueeze(mask, axes)
      f = Cast<to = 1>(u)
      inverted = Sub(one, f)
      m = Mul(inverted, low)
    })";
  EXPECT_NE(prove(graph, MaskTerm::Kind::add, -2).key_padding(), nullptr);
  EXPECT_EQ(prove(graph, MaskTerm::Kind::add, -1).key_padding(), nullptr);
}

/// A mask [B, S] on its way to [B, 1, 1, S] as `m`, with one step of its own on the way.
std::string with_step(const std::string& step, const std::string& constants = "") {
  return R"(
    g (int64[B, S] mask, float[S, S] any) => (float[B, 1, 1, S] m)
    <int64[2] axes = {1, 2}, float one = {1}, float low = {-10000})" +
         constants + "> {" + step + R"(
      f = Cast<to = 1>(step)
      u = Unsqueeze(f, axes)
      inverted = Sub(one, u)
      m = Mul(inverted, low)
    })";
}

struct Misreading {
  const char* name;
  const char* reason;
  std::string graph;
};

class Misreadings : public Masks, public ::testing::WithParamInterface<Misreading> {};

TEST_P(Misreadings, AreNoMask) { EXPECT_EQ(prove(GetParam().graph).reason, GetParam().reason); }

INSTANTIATE_TEST_SUITE_P(
    Steps, Misreadings,
    ::testing::Values(
        Misreading{"ACastThatRoundsDown", "Cast '' rounds",
                   with_step("h = Cast<to = 1>(mask) g = Mul(h, half) step = Cast<to = 7>(g)",
                             ", float half = {0.5}")},
        Misreading{"ADivisionOfWholeNumbers", "Div '' rounds",
                   with_step("step = Div(mask, two)", ", int64 two = {2}")},
        Misreading{"AnUnsignedDifferenceBelowZero",
                   "Sub '' may pass below 0, which its type cannot",
                   with_step("u8 = Cast<to = 2>(mask) step = Sub(u8, big)", ", uint8 big = {1}")},
        Misreading{"AProductWithInfinity", "the mask is not a number somewhere",
                   R"(g (bool[B, S] mask) => (float[B, 1, 1, S] m)
                      <int64[2] axes = {1, 2}, float none = {-inf}> {
                        hidden = Not(mask)
                        f = Cast<to = 1>(hidden)
                        u = Unsqueeze(f, axes)
                        m = Mul(u, none)
                      })"},
        Misreading{
            "AReductionOverNoNamedAxisJoinsAll", "ReduceMin over axes that are not known",
            with_step("step = ReduceMin<keepdims = 1>(mask, nothing)", ", int64[0] nothing = {}")},
        Misreading{"ASliceWithStepsOutOfTheData", "Slice '' has steps that are not known",
                   with_step("t = ReduceMax<keepdims = 0>(mask) t1 = Unsqueeze(t, zero) "
                             "step = Slice(mask, zero, end, last, t1)",
                             ", int64[1] zero = {0}, int64[1] end = {9}, int64[1] last = {1}")},
        Misreading{"AScatterThatAdds", "ScatterND adds to what is there",
                   R"(g (int64[4] mask) => (int64[4] m)
                      <int64[4, 1] all = {0, 1, 2, 3}, int64[4] base = {1, 1, 1, 1}> {
                        m = ScatterND<reduction = "add">(base, all, mask)
                      })"},
        Misreading{"AScatterOfTheFirstElementsOnly", "ScatterND writes parts",
                   R"(g (int64[2] mask) => (int64[4] m)
                      <int64[2, 1] some = {0, 1}, int64[4] base = {0, 0, 0, 0}> {
                        m = ScatterND(base, some, mask)
                      })"},
        Misreading{"TheSecondOutputOfDropout", "the mask is computed by Dropout ''",
                   R"(g (float[B, S] mask) => (float[B, 1, 1, S] m)
                      <int64[2] axes = {1, 2}, float low = {-10000}> {
                        kept, flags = Dropout(mask)
                        f = Cast<to = 1>(flags)
                        u = Unsqueeze(f, axes)
                        m = Mul(u, low)
                      })"}),
    [](const auto& parameter) { return parameter.param.name; });

/// Graphs whose ranks do not fit together never run; reading them must not go astray.
class UnfitRanks : public Masks, public ::testing::WithParamInterface<Misreading> {};

TEST_P(UnfitRanks, AreRefused) { EXPECT_EQ(prove(GetParam().graph).reason, GetParam().reason); }

INSTANTIATE_TEST_SUITE_P(
    Operators, UnfitRanks,
    ::testing::Values(
        Misreading{"CumSumAlongAnAxisThatIsNotThere", "CumSum has an axis outside its rank",
                   "g (int64[S] x) => (int64[S] m) <int64 axis = {7}> { m = CumSum(x, axis) }"},
        Misreading{"GatherAlongAnAxisThatIsNotThere", "Gather has an axis outside its rank",
                   "g (int64[S] x) => (int64[1] m) <int64[1] at = {0}> "
                   "{ m = Gather<axis = 5>(x, at) }"},
        Misreading{"ConcatOfDifferentRanks", "Concat '' has an input of another rank",
                   "g (int64[1, 1] x, int64[1] y) => (int64[S, 2] m) "
                   "{ m = Concat<axis = 1>(x, y) }"},
        Misreading{"TriluOfAVector", "Trilu of less than two dimensions",
                   "g (int64[S] x) => (int64[S] m) { m = Trilu(x) }"},
        Misreading{"TransposeWithAShortPerm", "Transpose has a perm outside its rank",
                   "g (int64[B, S] x) => (int64[S, B] m) { m = Transpose<perm = [1]>(x) }"},
        Misreading{"SliceWithMoreStartsThanAxes", "Slice '' has axes that are not known",
                   "g (int64[B, S] x) => (int64[B, S] m) <int64[2] two = {0, 0}, "
                   "int64[1] one = {1}> { m = Slice(x, two, two, one) }"},
        Misreading{"GatherNDByTooDeepIndices", "GatherND '' has an input of another rank",
                   "g (int64[S] x) => (int64[S] m) <int64[2, 3] at = {0, 0, 0, 0, 0, 0}> "
                   "{ m = GatherND(x, at) }"}),
    [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace ortopt::attention
