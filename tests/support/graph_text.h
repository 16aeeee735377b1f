#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "ortopt/ir/model.h"

namespace ortopt::test_support {

/// The model that `text` spells (see parse_text). Throws std::runtime_error, with the parser's
/// words, on a mistake in it: a test's text is the test's own fault.
[[nodiscard]] std::unique_ptr<Model> model_of(std::string_view text);

/// A text that is the same for graphs that are the same: names of nodes and inner values, order of
/// nodes, of attributes and of commutative operands, and names of constants do not matter; names
/// and types of graph inputs and outputs, attributes, constants (six digits) and sharing do.
[[nodiscard]] std::string canonical_text(const Graph& graph);

/// Whether two graphs are the same in that sense. The failure is a diff of their canonical texts:
/// `-` only in `expected`, `+` only in `found`.
[[nodiscard]] ::testing::AssertionResult same_graph(const Graph& expected, const Graph& found);
/// The same, with the expectation as text.
[[nodiscard]] ::testing::AssertionResult same_graph(std::string_view expected, const Graph& found);

/// The same model with its nodes stored in another valid order, in nested graphs too.
[[nodiscard]] std::unique_ptr<Model> reordered(const Model& model);

/// Lines of `before` and `after`, each with `  `, `- ` or `+ ` in front.
[[nodiscard]] std::string line_diff(std::string_view before, std::string_view after);

}  // namespace ortopt::test_support
