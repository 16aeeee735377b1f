#include "tests/support/random_expression.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <sstream>

namespace ortopt::pattern::test {
namespace {

using Kind = Expression::Kind;

constexpr std::size_t input_count = 4;
constexpr std::array<const char*, 4> functions = {"Exp", "Tanh", "Erf", "Sigmoid"};

std::size_t below(std::size_t limit, Random& random) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}
bool coin(Random& random) { return below(2, random) == 0; }

class Generator {
 public:
  explicit Generator(Random& random) : random_(&random) {}

  Expression any(Kind parent, int depth) {
    if (depth == 0 || below(4, *random_) == 0)
      return {.kind = Kind::input, .input = below(input_count, *random_)};
    switch (below(3, *random_)) {
      case 0:
        if (parent != Kind::sum) return chain(Kind::sum, depth);
        [[fallthrough]];
      case 1:
        if (parent != Kind::product) return chain(Kind::product, depth);
        [[fallthrough]];
      default:
        return {.kind = Kind::call,
                .op = functions[below(functions.size(), *random_)],
                .operands = {any(Kind::call, depth - 1)}};
    }
  }

  Expression chain(Kind kind, int depth) {
    Expression made{.kind = kind};
    const std::size_t terms = 2 + below(3, *random_);
    for (std::size_t k = 0; k < terms; ++k) {
      made.operands.push_back(any(kind, depth - 1));
      // The first term stands as it is: no spelling begins with an inverse.
      made.inverted.push_back(k > 0 && coin(*random_));
    }
    if (coin(*random_)) {
      // 1.5, 1.8, 2.16, …: far enough apart for the tolerance, none the inverse of another.
      made.operands.push_back({.kind = Kind::number, .value = next_number_ *= 1.2});
      made.inverted.push_back(false);
    }
    return made;
  }

 private:
  Random* random_;
  double next_number_ = 1.25;
};

void visit(Expression& expression, const std::function<void(Expression&)>& see) {
  see(expression);
  for (Expression& operand : expression.operands) visit(operand, see);
}

/// Writes a graph node by node.
class Writer {
 public:
  explicit Writer(Random& random) : random_(&random) {}

  std::string write(const Expression& expression) {
    switch (expression.kind) {
      case Kind::input:
        return "a" + std::to_string(expression.input);
      case Kind::number:
        return constant(expression.value);
      case Kind::call:
        return node(expression.op, {write(expression.operands.front())});
      default:
        return chain(expression);
    }
  }

  [[nodiscard]] std::string text(const std::string& root) const {
    std::string inputs;
    for (std::size_t k = 0; k <= input_count; ++k)
      inputs += (k == 0 ? "float[4] a" : ", float[4] a") + std::to_string(k);
    const std::string constants = constants_.empty() ? "" : "<" + constants_ + ">";
    return "g (" + inputs + ") => (float[4] y) " + constants + " { " + nodes_ + "y = Identity(" +
           root + ") }";
  }

 private:
  struct Piece {
    std::string name;
    bool inverted;
  };

  std::string node(const std::string& op, const std::vector<std::string>& inputs) {
    std::string name = "t" + std::to_string(++count_);
    nodes_ +=
        name + " = " + op + "(" + inputs[0] + (inputs.size() > 1 ? ", " + inputs[1] : "") + ") ";
    return name;
  }

  std::string constant(double value) {
    static constexpr std::array<const char*, 3> ranks = {"float ", "float[1] ", "float[1, 1] "};
    std::string name = "c" + std::to_string(++count_);
    std::ostringstream text;
    text.precision(9);
    text << std::fixed << value;
    constants_ += (constants_.empty() ? "" : ", ") + std::string(ranks[below(2, *random_)]) + name +
                  " = {" + text.str() + "}";
    return name;
  }

  std::string chain(const Expression& expression) {
    const bool is_sum = expression.kind == Kind::sum;
    std::vector<Piece> pieces;
    for (std::size_t k = 0; k < expression.operands.size(); ++k) {
      const Expression& operand = expression.operands[k];
      bool inverted = expression.inverted[k];
      if (operand.kind == Kind::number && coin(*random_)) {
        // The inverse of the number, taken away instead of added.
        const double value = is_sum ? -operand.value : 1 / operand.value;
        pieces.push_back({constant(value), !inverted});
        continue;
      }
      pieces.push_back({write(operand), inverted});
    }
    std::shuffle(pieces.begin(), pieces.end(), *random_);
    while (pieces.size() > 1) {
      const std::size_t at = below(pieces.size() - 1, *random_);
      pieces[at] = join(pieces[at], pieces[at + 1], is_sum);
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    return upright(pieces.front(), is_sum);
  }

  std::string upright(const Piece& piece, bool is_sum) {
    return piece.inverted ? node(is_sum ? "Neg" : "Reciprocal", {piece.name}) : piece.name;
  }

  Piece join(const Piece& a, const Piece& b, bool is_sum) {
    const std::string add = is_sum ? "Add" : "Mul";
    const std::string subtract = is_sum ? "Sub" : "Div";
    if (a.inverted == b.inverted) return {node(add, {a.name, b.name}), a.inverted};
    if (coin(*random_)) return {node(add, {upright(a, is_sum), upright(b, is_sum)}), false};
    return {node(subtract, {a.name, b.name}), a.inverted};
  }

  Random* random_;
  std::string constants_;
  std::string nodes_;
  int count_ = 0;
};

}  // namespace

Expression random_expression(Random& random) {
  Generator generator(random);
  return generator.chain(coin(random) ? Kind::sum : Kind::product, 3);
}

Expression mutated(const Expression& expression, Random& random) {
  Expression made = expression;
  std::vector<std::function<void()>> edits;
  std::map<std::size_t, std::vector<Expression*>> places;
  visit(made, [&](Expression& part) {
    if (part.kind == Kind::number) edits.push_back([&part] { part.value *= 1.01; });
    if (part.kind == Kind::call) edits.push_back([&part] { part.op = "Cos"; });
    if (part.kind == Kind::input) places[part.input].push_back(&part);
  });
  for (const auto& [input, parts] : places)
    if (parts.size() > 1)
      for (Expression* part : parts) edits.push_back([part] { part->input = input_count; });
  if (!edits.empty()) edits[below(edits.size(), random)]();
  return made;
}

Pattern pattern_of(const Expression& expression) {
  static const std::array<Pattern, input_count + 1> inputs = {any("p0"), any("p1"), any("p2"),
                                                              any("p3"), any("p4")};
  switch (expression.kind) {
    case Kind::input:
      return inputs.at(expression.input);
    case Kind::number:
      return expression.value;
    case Kind::call:
      return call(expression.op, {pattern_of(expression.operands.front())});
    default:
      break;
  }
  Pattern made = pattern_of(expression.operands.front());
  for (std::size_t k = 1; k < expression.operands.size(); ++k) {
    const Pattern next = pattern_of(expression.operands[k]);
    if (expression.kind == Kind::sum)
      made = expression.inverted[k] ? made - next : made + next;
    else
      made = expression.inverted[k] ? made / next : made * next;
  }
  return made;
}

std::string random_spelling(const Expression& expression, Random& random) {
  Writer writer(random);
  return writer.text(writer.write(expression));
}

}  // namespace ortopt::pattern::test
