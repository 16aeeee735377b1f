#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "ortopt/pass/pass.h"

namespace ortopt::test_support {

/// Runs `pass` alone on the graph that `before` spells, to its fixed point. Succeeds when the
/// result is the graph that `after` spells (same_graph), keeps every invariant (verify), has no
/// operator of the runtime that shapes and half precision do not know, does not change when the pass
/// runs again, does not depend on the order in which nodes are stored, and, where a runtime is found,
/// computes what `before` computes (same_results) on numbers between -1 and 1.
[[nodiscard]] ::testing::AssertionResult rewrites(const Pass& pass, std::string_view before,
                                                  std::string_view after,
                                                  const PassOptions& options = {});

/// Succeeds when `pass` leaves the graph as it is and tells why: `reason` is part of the reason of
/// a miss. An empty `reason` says that there is nothing there that the pass should have an opinion
/// on: no miss at all.
[[nodiscard]] ::testing::AssertionResult leaves_unchanged(const Pass& pass, std::string_view graph,
                                                          std::string_view reason,
                                                          const PassOptions& options = {});

}  // namespace ortopt::test_support

/// EXPECT_REWRITE(BiasGelu{}, R"( … )", R"( … )"), optionally followed by PassOptions.
#define EXPECT_REWRITE(pass, before, ...) \
  EXPECT_TRUE(::ortopt::test_support::rewrites(pass, before, __VA_ARGS__))

/// EXPECT_UNCHANGED(BiasGelu{}, R"( … )", "also used by Neg"), optionally followed by PassOptions.
#define EXPECT_UNCHANGED(pass, graph, ...) \
  EXPECT_TRUE(::ortopt::test_support::leaves_unchanged(pass, graph, __VA_ARGS__))
