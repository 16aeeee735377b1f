#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/ir/type.h"

namespace ortopt::test_support {

/// An expression that can be spelled in many ways, for TEST_P over all of them. A cheap handle; an
/// expression used twice is computed once.
class Expression {
 public:
  struct Node;
  explicit Expression(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  [[nodiscard]] const Node* node() const { return node_.get(); }

 private:
  std::shared_ptr<const Node> node_;
};

/// An input of the graph.
[[nodiscard]] Expression input(std::string name);
/// A constant; spelled as a scalar, as [1] and as [1,1].
[[nodiscard]] Expression number(double value);
/// A constant where the operator wants a scalar: a bound of Clip.
[[nodiscard]] Expression scalar(double value);
/// Add (Mul) of all operands: spelled in every order and every bracketing.
[[nodiscard]] Expression sum(std::vector<Expression> operands);
[[nodiscard]] Expression product(std::vector<Expression> operands);
/// `op` of `operands` as they stand; "com.microsoft.Gelu" names a domain, "Pow <a = 1>" attributes.
[[nodiscard]] Expression call(std::string op, std::vector<Expression> operands);
/// Any of `choices`.
[[nodiscard]] Expression any_of(std::vector<Expression> choices);

struct SpellingOptions {
  DataType type = DataType::float32;  ///< Of the numbers.
  std::size_t limit = 256;            ///< When there are more spellings: so many, evenly spread.
};

/// The texts of graphs that compute `expression` as output `output` of `signature`, each spelling
/// once: spellings(e, "(float[B,4] x) => (float[B,4] y)", "y").
[[nodiscard]] std::vector<std::string> spellings(const Expression& expression,
                                                 std::string_view signature,
                                                 std::string_view output,
                                                 const SpellingOptions& options = {});

}  // namespace ortopt::test_support
