#include "ortopt/passes/embed_layer_norm.h"

#include <gtest/gtest.h>

#include <string>

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
