#pragma once

#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "ortopt/pattern/pattern.h"

namespace ortopt::pattern::test {

/// An expression over the inputs a0, a1, …: what both a pattern and a graph are made from.
struct Expression {
  enum class Kind { input, number, sum, product, call };
  Kind kind = Kind::input;
  std::string op = {};                    // of a call
  double value = 0;                       // of a number
  std::size_t input = 0;                  // of an input
  std::vector<Expression> operands = {};  // of the rest
  std::vector<bool> inverted = {};        // for each operand of a sum or product
};

using Random = std::mt19937_64;

/// A sum, product or call, with numbers that are all different.
[[nodiscard]] Expression random_expression(Random& random);

/// The same after one edit that no renaming of inputs undoes: another number, another operator, or
/// another input in one of several places.
[[nodiscard]] Expression mutated(const Expression& expression, Random& random);

[[nodiscard]] Pattern pattern_of(const Expression& expression);

/// A graph that computes the expression as y, spelled at random: any order, any bracketing, Sub or
/// Add of Neg, Div or Mul of Reciprocal, numbers or their inverses, constants of any rank.
[[nodiscard]] std::string random_spelling(const Expression& expression, Random& random);

}  // namespace ortopt::pattern::test
