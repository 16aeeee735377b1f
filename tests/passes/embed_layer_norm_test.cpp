#include "ortopt/passes/embed_layer_norm.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ortopt/pass/pass_manager.h"
#include "tests/support/graph_text.h"
#include "tests/support/rewrite_check.h"

namespace ortopt {
namespace {

const std::string fixed_tables = R"(
    float[5, 2] words = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, float[4, 2] positions = {1, 0, 2, 0, 3, 0, 4, 0},
    float[2, 2] segments = {0, 3, 0, 4}, float[2] gamma = {1, 2}, float[2] beta = {0, 1}, int64[1] zero = {0}, int64[1] one = {1},
    int64 second = {1}, int64[1] last = {1})";
const std::string tables = fixed_tables + ", int64[1, 4] steps = {0, 1, 2, 3}";

TEST(EmbedLayerNorm, BertAddsWordSegmentAndPosition) {
  EXPECT_REWRITE(EmbedLayerNorm{},
                 R"(
    g (int64[B, 4] ids, int64[B, 4] types) => (float[B, 4, 2] y) <)" +
                     tables + R"(> {
      w = Gather(words, ids)
      t = Gather(segments, types)
      p = Gather(positions, steps)
      a = Add(w, t)
      sum = Add(a, p)
      y = LayerNormalization<axis = -1, epsilon = 0.001>(sum, gamma, beta)
    })",
                 R"(
    g (int64[B, 4] ids, int64[B, 4] types) => (float[B, 4, 2] y) <)" +
                     fixed_tables + R"(> {
      i = Cast<to = 6>(ids)
      t = Cast<to = 6>(types)
      y, mask = com.microsoft.EmbedLayerNormalization<epsilon = 0.001>(i, t, words, positions, segments, gamma, beta)
    })");
}

TEST(EmbedLayerNorm, Gpt2ReadsTheSumAgain) {
  EXPECT_REWRITE(EmbedLayerNorm{},
                 R"(
    g (int64[B, 4] ids, int64[B, 4] places) => (float[B, 4, 2] y, float[B, 4, 2] z) <)" +
                     tables + R"(> {
      w = Gather(words, ids)
      p = Gather(positions, places)
      sum = Add(w, p)
      y = LayerNormalization<axis = -1, epsilon = 0.001>(sum, gamma, beta)
      z = Neg(sum)
    })",
                 R"(
    g (int64[B, 4] ids, int64[B, 4] places) => (float[B, 4, 2] y, float[B, 4, 2] z) <)" +
                     tables + R"(> {
      i = Cast<to = 6>(ids)
      p = Cast<to = 6>(places)
      y, mask, sum = com.microsoft.EmbedLayerNormalization<epsilon = 0.001>(i, , words, positions, , gamma, beta, , p)
      z = Neg(sum)
    })");
}

TEST(EmbedLayerNorm, TheRuntimesOptimiserHasPutSumAndNormTogether) {
  EXPECT_REWRITE(EmbedLayerNorm{},
                 R"(
    g (int64[B, 4] ids, int64[B, 4] types) => (float[B, 4, 2] y) <)" +
                     tables + R"(> {
      w = Gather(words, ids)
      t = Gather(segments, types)
      p = Gather(positions, steps)
      a = Add(w, t)
      y = com.microsoft.SkipLayerNormalization<epsilon = 0.001>(a, p, gamma, beta)
    })",
                 R"(
    g (int64[B, 4] ids, int64[B, 4] types) => (float[B, 4, 2] y) <)" +
                     fixed_tables + R"(> {
      i = Cast<to = 6>(ids)
      t = Cast<to = 6>(types)
      y, mask = com.microsoft.EmbedLayerNormalization<epsilon = 0.001>(i, t, words, positions, segments, gamma, beta)
    })");
}

TEST(EmbedLayerNorm, ASumThatTheNormKeepsIsGivenOutAgain) {
  EXPECT_REWRITE(EmbedLayerNorm{},
                 R"(
    g (int64[B, 4] ids, int64[B, 4] places) => (float[B, 4, 2] y, float[B, 4, 2] z) <)" +
                     tables + R"(> {
      w = Gather(words, ids)
      p = Gather(positions, places)
      y, "", "", sum = com.microsoft.SkipLayerNormalization<epsilon = 0.001>(w, p, gamma)
      z = Neg(sum)
    })",
                 R"(
    g (int64[B, 4] ids, int64[B, 4] places) => (float[B, 4, 2] y, float[B, 4, 2] z) <)" +
                     tables + R"(, float[2] no_beta = {0, 0}> {
      i = Cast<to = 6>(ids)
      p = Cast<to = 6>(places)
      y, mask, sum = com.microsoft.EmbedLayerNormalization<epsilon = 0.001>(i, , words, positions, , gamma, no_beta, , p)
      z = Neg(sum)
    })");
}

TEST(EmbedLayerNorm, ABiasOfTheNormIsNoEmbedding) {
  EXPECT_UNCHANGED(EmbedLayerNorm{},
                   R"(
    g (int64[B, 4] ids, int64[B, 4] places) => (float[B, 4, 2] y) <)" +
                       tables + R"(> {
      w = Gather(words, ids)
      p = Gather(positions, places)
      y = com.microsoft.SkipLayerNormalization<epsilon = 0.001>(w, p, gamma, beta, beta)
    })",
                   "");
}

void expect_kept(const std::string& body, const std::string& reason,
                 const std::string& constants = "") {
  EXPECT_UNCHANGED(EmbedLayerNorm{},
                   "g (int64[B, 4] ids, int64[B, 4] types, float[2] free) => (float[B, 4, 2] y) <" +
                       tables + constants + "> { w = Gather(words, ids) " + body + " }",
                   reason);
}

TEST(EmbedLayerNorm, GammaAndBetaThatAreNoVectorsStay) {
  const std::string sum = "p = Gather(positions, steps) sum = Add(w, p) ";
  const std::string row = ", float[1, 2] row = {1, 2}";
  expect_kept(sum + "y = LayerNormalization<axis = -1>(sum, row, beta)",
              "'row' is no vector over the last dimension", row);
  expect_kept(sum + "y = LayerNormalization<axis = -1>(sum, gamma, row)",
              "'row' is no vector over the last dimension", row);
  expect_kept(sum + "y = LayerNormalization<axis = -1>(sum, free)",
              "β is missing and γ is no constant");
}

/// An addend `p` next to the words, with a length that is not known.
void expect_no_positions(const std::string& addend, const std::string& constants,
                         const std::string& batch = "B") {
  EXPECT_UNCHANGED(EmbedLayerNorm{},
                   "g (int64[" + batch + ", S] ids) => (float[" + batch + ", S, 2] y) <" +
                       fixed_tables + constants + ", int64[1] width = {2}> {" + R"(
      w = Gather(words, ids)
      sizes = Shape(ids)
      shape = Concat<axis = 0>(sizes, width)
      length = Gather(sizes, one)
      )" + addend + R"(
      sum = Add(w, p)
      y = LayerNormalization<axis = -1>(sum, gamma, beta)
    })",
                   "'p' is no row of a constant table");
}

TEST(EmbedLayerNorm, OneRowForAllPositionsIsNoPositionTable) {
  const std::string row = ", float[1, 1, 2] row = {1, 2}";
  expect_no_positions("p = Expand(row, shape)", row);
  expect_no_positions("times = Concat<axis = 0>(sizes, one) p = Tile(row, times)", row);
}

TEST(EmbedLayerNorm, RowsByBatchOrFromFurtherDownAreNoPositionTable) {
  expect_no_positions("u = Unsqueeze(positions, one) p = Expand(u, shape)", "", "4");
  expect_no_positions("end = Add(length, one) p = Slice(long, one, end, zero)",
                      ", float[6, 2] long = {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0}");
}

TEST(EmbedLayerNorm, PositionsRepeatedForEachBatchRowAreOneTable) {
  const auto graph = [](const std::string& rows) {
    return "g (int64[2, 2] ids) => (float[2, 2, 2] y) <" + fixed_tables +
           ", float[2, 2, 2] rows = " + rows + R"(> {
      w = Gather(words, ids)
      sum = Add(w, rows)
      y = LayerNormalization<axis = -1, epsilon = 0.001>(sum, gamma, beta)
    })";
  };
  const auto model = test_support::model_of(graph("{1, 2, 3, 4, 1, 2, 3, 4}"));
  Facts facts;
  ASSERT_TRUE(run_pass(EmbedLayerNorm{}, *model, {}, facts));
  const Node* made = model->graph().find("y")->producer();
  ASSERT_TRUE(made->is("com.microsoft", "EmbedLayerNormalization"));
  EXPECT_EQ(Analysis(model->graph()).constant(*made->input(3))->dims(),
            (std::vector<int64_t>{2, 2}));
  EXPECT_UNCHANGED(EmbedLayerNorm{}, graph("{1, 2, 3, 4, 1, 2, 3, 5}"),
                   "'rows' is no row of a constant table");
}

TEST(EmbedLayerNorm, TheFirstRowsOfALongerTableArePositions) {
  const std::string head = R"(
    g (int64[B, S] ids) => (float[B, S, 2] y) <)" +
                           fixed_tables;
  EXPECT_REWRITE(EmbedLayerNorm{}, head + R"(> {
      w = Gather(words, ids)
      sizes = Shape(ids)
      length = Gather(sizes, one)
      p = Slice(positions, zero, length, zero)
      sum = Add(w, p)
      y = LayerNormalization<axis = -1, epsilon = 0.001>(sum, gamma, beta)
    })",
                 R"(
    g (int64[B, S] ids) => (float[B, S, 2] y) <
    float[5, 2] words = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, float[4, 2] positions = {1, 0, 2, 0, 3, 0, 4, 0},
    float[2, 2] segments = {0, 3, 0, 4}, float[2] gamma = {1, 2}, float[2] beta = {0, 1},
    int64 second = {1}, int64[1] last = {1}> {
      i = Cast<to = 6>(ids)
      y, mask = com.microsoft.EmbedLayerNormalization<epsilon = 0.001>(i, , words, positions, , gamma, beta)
    })");
}

TEST(EmbedLayerNorm, AResidualIsNoEmbedding) {
  EXPECT_UNCHANGED(EmbedLayerNorm{},
                   R"(
    g (int64[B, 4] ids, float[B, 4, 2] x) => (float[B, 4, 2] y) <)" +
                       tables + R"(> {
      w = Gather(words, ids)
      sum = Add(w, x)
      y = LayerNormalization<axis = -1, epsilon = 0.001>(sum, gamma, beta)
    })",
                   "is no row of a constant table");
}

}  // namespace
}  // namespace ortopt
