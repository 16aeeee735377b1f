#include "tests/support/spellings.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "ir/text_tokens.h"
#include "ortopt/ir/tensor.h"

namespace ortopt::test_support {

struct Expression::Node {
  enum class Kind { input, number, scalar, associative, call, any_of };
  Kind kind;
  std::string text;  // a name, or an operator
  double value = 0;
  std::vector<Expression> operands = {};
};

namespace {

using Node = Expression::Node;

Expression make(Node node) { return Expression(std::make_shared<const Node>(std::move(node))); }

constexpr std::size_t constant_forms = 3;

/// Ways to put brackets around `count` operands that keep their order (Catalan numbers).
std::size_t bracketings(std::size_t count) {
  if (count < 2) return 1;
  std::size_t total = 0;
  for (std::size_t left = 1; left < count; ++left)
    total += bracketings(left) * bracketings(count - left);
  return total;
}

std::size_t factorial(std::size_t count) { return count < 2 ? 1 : count * factorial(count - 1); }

std::size_t choices_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::associative:
      return factorial(node.operands.size()) * bracketings(node.operands.size());
    case Node::Kind::any_of:
      return node.operands.size();
    default:
      return 1;
  }
}

/// The `index`-th order of `items`.
std::vector<Expression> permuted(std::vector<Expression> items, std::size_t index) {
  std::vector<Expression> order;
  while (!items.empty()) {
    const auto at = static_cast<std::ptrdiff_t>(index % items.size());
    index /= items.size();
    order.push_back(items[static_cast<std::size_t>(at)]);
    items.erase(items.begin() + at);
  }
  return order;
}

/// One spelling: which choice each node takes, and which form constants have.
struct Choices {
  std::map<const Node*, std::size_t> of;
  std::size_t constant_form = 0;
};

class Speller {
 public:
  Speller(const Choices& choices, DataType type) : choices_(choices), type_(type) {}

  std::string graph(const Expression& root, std::string_view signature, std::string_view output) {
    const std::string result = spell(root);
    std::string constants;
    for (const std::string& constant : constants_)
      constants += (constants.empty() ? "" : ", ") + constant;
    // The root is what was emitted last: it gets the output's name.
    const std::size_t root_line = nodes_.rfind("  " + result + " = ");
    if (root_line == std::string::npos)
      nodes_ += "  " + std::string(output) + " = Identity (" + result + ")\n";
    else
      nodes_.replace(root_line + 2, result.size(), output);
    return "g " + std::string(signature) + (constants.empty() ? "" : " <" + constants + ">") +
           " {\n" + nodes_ + "}\n";
  }

 private:
  std::string fresh() { return "v" + std::to_string(++count_); }

  std::string emit(const std::string& op, const std::vector<std::string>& operands) {
    const std::string name = fresh();
    std::string list;
    for (const std::string& operand : operands) list += (list.empty() ? "" : ", ") + operand;
    nodes_ += "  " + name + " = " + op + " (" + list + ")\n";
    return name;
  }

  std::string spell(const Expression& expression) {
    const Node& node = *expression.node();
    if (const auto known = names_.find(&node); known != names_.end()) return known->second;
    return names_[&node] = spell(node);
  }

  std::string spell(const Node& node) {
    switch (node.kind) {
      case Node::Kind::input:
        return node.text;
      case Node::Kind::number:
        return constant(node.value, choices_.constant_form);
      case Node::Kind::scalar:
        return constant(node.value, 0);
      case Node::Kind::any_of:
        return spell(node.operands[choices_.of.at(&node)]);
      case Node::Kind::associative: {
        const std::size_t index = choices_.of.at(&node);
        const std::size_t shapes = bracketings(node.operands.size());
        const auto operands = permuted(node.operands, index / shapes);
        std::vector<std::string> names;
        for (const Expression& operand : operands) names.push_back(spell(operand));
        return bracketed(node.text, names, index % shapes);
      }
      case Node::Kind::call:
        break;
    }
    std::vector<std::string> names;
    for (const Expression& operand : node.operands) names.push_back(spell(operand));
    return emit(node.text, names);
  }

  std::string bracketed(const std::string& op, const std::vector<std::string>& operands,
                        std::size_t index) {
    if (operands.size() == 1) return operands.front();
    for (std::size_t left = 1; left < operands.size(); ++left) {
      const std::size_t rights = bracketings(operands.size() - left);
      const std::size_t here = bracketings(left) * rights;
      if (index >= here) {
        index -= here;
        continue;
      }
      const auto middle = operands.begin() + static_cast<std::ptrdiff_t>(left);
      const std::string a = bracketed(op, {operands.begin(), middle}, index / rights);
      const std::string b = bracketed(op, {middle, operands.end()}, index % rights);
      return emit(op, {a, b});
    }
    return "";
  }

  std::string constant(double value, std::size_t rank) {
    const std::vector<int64_t> dims(rank, 1);
    const Tensor tensor = Tensor::of(type_, dims, std::array{value});
    const std::string name = "c" + std::to_string(constants_.size() + 1);
    constants_.push_back(type_text(tensor) + " " + name + " = " + content_text(tensor));
    return name;
  }

  const Choices& choices_;
  DataType type_;
  std::map<const Node*, std::string> names_;
  std::vector<std::string> constants_;
  std::string nodes_;
  int count_ = 0;
};

void collect(const Expression& expression, std::vector<const Node*>& nodes) {
  const Node* node = expression.node();
  if (std::find(nodes.begin(), nodes.end(), node) != nodes.end()) return;
  nodes.push_back(node);
  for (const Expression& operand : node->operands) collect(operand, nodes);
}

}  // namespace

Expression input(std::string name) {
  return make({.kind = Node::Kind::input, .text = std::move(name)});
}

Expression number(double value) {
  return make({.kind = Node::Kind::number, .text = {}, .value = value});
}

Expression scalar(double value) {
  return make({.kind = Node::Kind::scalar, .text = {}, .value = value});
}

Expression sum(std::vector<Expression> operands) {
  return make({.kind = Node::Kind::associative, .text = "Add", .operands = std::move(operands)});
}

Expression product(std::vector<Expression> operands) {
  return make({.kind = Node::Kind::associative, .text = "Mul", .operands = std::move(operands)});
}

Expression call(std::string op, std::vector<Expression> operands) {
  return make({.kind = Node::Kind::call, .text = std::move(op), .operands = std::move(operands)});
}

Expression any_of(std::vector<Expression> choices) {
  return make({.kind = Node::Kind::any_of, .text = {}, .operands = std::move(choices)});
}

std::vector<std::string> spellings(const Expression& expression, std::string_view signature,
                                   std::string_view output, const SpellingOptions& options) {
  std::vector<const Node*> nodes;
  collect(expression, nodes);
  const bool has_numbers = std::any_of(nodes.begin(), nodes.end(), [](const Node* node) {
    return node->kind == Node::Kind::number;
  });
  std::size_t total = has_numbers ? constant_forms : 1;
  for (const Node* node : nodes) total *= choices_of(*node);

  const std::size_t count = std::min(total, options.limit);
  std::vector<std::string> texts;
  std::set<std::string> seen;
  for (std::size_t k = 0; k < count; ++k) {
    std::size_t index = total / count * k + total % count * k / count;
    Choices choices;
    for (const Node* node : nodes) {
      choices.of[node] = index % choices_of(*node);
      index /= choices_of(*node);
    }
    choices.constant_form = index;
    std::string text = Speller(choices, options.type).graph(expression, signature, output);
    if (seen.insert(text).second) texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace ortopt::test_support
