#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "ortopt/pass/facts.h"
#include "ortopt/precision/options.h"

namespace ortopt::test_support {

/// Converts the graph that `before` spells to float16, or to what `options` say, and cleans up.
/// Succeeds when the result is the graph that `after` spells, is valid, does not change when it is
/// converted again, and, where a runtime is found, loads in it and computes what `before` computes
/// (when the signature stays).
[[nodiscard]] ::testing::AssertionResult converts(std::string_view before, std::string_view after,
                                                  PrecisionOptions options = {},
                                                  Facts* facts = nullptr);

/// The same, whatever the result looks like.
[[nodiscard]] ::testing::AssertionResult converts_soundly(std::string_view before,
                                                          PrecisionOptions options = {},
                                                          Facts* facts = nullptr);

/// The same for every way in which a signature may be treated, with each of `operators` kept in
/// turn, none and all of them.
[[nodiscard]] ::testing::AssertionResult converts_in_every_way(
    std::string_view graph, const std::vector<std::string>& operators);

}  // namespace ortopt::test_support
