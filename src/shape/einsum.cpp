#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "shape/products.h"
#include "shape/rules.h"

namespace ortopt::shape {
namespace {

/// Letters of each operand and of the result; an ellipsis is spelled as digits from the right, so
/// that it is lined up as in broadcasting.
struct Equation {
  std::vector<std::string> terms;
  std::string result;
};

std::string expanded(const std::string& term, std::size_t dots) {
  const auto at = term.find("...");
  if (at == std::string::npos) return term;
  std::string digits;
  for (std::size_t k = dots; k-- > 0;) digits += static_cast<char>('0' + k);
  return term.substr(0, at) + digits + term.substr(at + 3);
}

/// The result of an equation without an arrow: letters that occur once, in order.
std::string implied_result(const std::vector<std::string>& terms) {
  std::map<char, int> count;
  for (const std::string& term : terms)
    for (const char letter : term) ++count[letter];
  std::string digits;
  std::string letters;
  for (const auto& [letter, times] : count) {
    if (letter >= '0' && letter <= '9')
      digits.insert(digits.begin(), letter);
    else if (times == 1)
      letters += letter;
  }
  return digits + letters;
}

std::optional<Equation> parse(const Step& step) {
  auto text = step.node().string_attribute("equation");
  if (!text) return std::nullopt;
  std::erase(*text, ' ');
  const auto arrow = text->find("->");
  std::string left = text->substr(0, arrow) + ",";
  Equation equation;
  std::size_t most_dots = 0;
  for (std::size_t comma = 0; !left.empty(); left.erase(0, comma + 1)) {
    comma = left.find(',');
    const std::string term = left.substr(0, comma);
    const Dims* dims = step.dims(equation.terms.size());
    if (dims == nullptr) return std::nullopt;
    const bool has_dots = term.find("...") != std::string::npos;
    const std::size_t letters = term.size() - (has_dots ? 3 : 0);
    if (letters > dims->size() || dims->size() - letters > 10) return std::nullopt;
    most_dots = std::max(most_dots, dims->size() - letters);
    equation.terms.push_back(expanded(term, dims->size() - letters));
    if (equation.terms.back().size() != dims->size()) return std::nullopt;
  }
  if (equation.terms.size() != step.input_count()) return std::nullopt;
  equation.result = arrow == std::string::npos ? implied_result(equation.terms)
                                               : expanded(text->substr(arrow + 2), most_dots);
  return equation;
}

bool has(const std::string& term, char letter) { return term.find(letter) != std::string::npos; }

using ByLetter = std::map<char, LayoutDim>;

/// Letters of `term` that the result has, split by whether `other` has them too.
std::string letters(const std::string& term, const std::string& result, const std::string& other,
                    bool shared) {
  std::string found;
  for (const char letter : term)
    if (has(result, letter) && has(other, letter) == shared) found += letter;
  return found;
}

/// Free letters of a weight are digits of one new axis, in the weight's order.
void project(Step& step, const Equation& equation, std::size_t weight, ByLetter& dims) {
  std::string free;
  for (const char letter : equation.terms[weight]) {
    const auto holders =
        std::ranges::count_if(equation.terms, [&](const auto& term) { return has(term, letter); });
    if (has(equation.result, letter) && holders == 1) free += letter;
  }
  Dim total = 1;
  for (const char letter : free) total = total * size_of(dims[letter]);
  const LayoutDim whole = step.fresh("", total, AxisKind::projection);
  if (whole.empty()) return;
  Dim stride = 1;
  for (auto letter = free.rbegin(); letter != free.rend(); ++letter) {
    const Dim size = size_of(dims[*letter]);
    dims[*letter] = {{whole.front().axis, stride, size}};
    stride = stride * size;
  }
}

void apply_probabilities(Step& step, const std::string& probabilities, const std::string& values,
                         const std::string& result, ByLetter& dims) {
  const std::string batch = letters(probabilities, result, values, true);
  const std::string rows = letters(probabilities, result, values, false);
  const std::string features = letters(values, result, probabilities, false);
  if (features.size() != 1) return;
  const auto pick = [&](const std::string& names) {
    Dims picked;
    for (const char letter : names) picked.push_back(dims[letter]);
    return picked;
  };
  const Dims joined = join_heads(step, {pick(batch), pick(rows), pick(features)});
  const std::string order = batch + rows + features;
  for (std::size_t k = 0; k < order.size(); ++k) dims[order[k]] = joined[k];
}

}  // namespace

void einsum(Step& step) {
  const auto equation = parse(step);
  if (!equation) return;
  ByLetter dims;
  for (std::size_t k = 0; k < equation->terms.size(); ++k)
    for (std::size_t place = 0; place < equation->terms[k].size(); ++place) {
      const LayoutDim& dim = (*step.dims(k))[place];
      const auto [known, is_new] = dims.try_emplace(equation->terms[k][place], dim);
      if (is_new) continue;
      if (!dim.empty() && !known->second.empty())
        step.require_equal(size_of(known->second), size_of(dim), Agreement::broadcast);
      known->second = better(known->second, dim);
    }
  const std::size_t count = equation->terms.size();
  std::optional<std::size_t> weight;
  for (std::size_t k = count; k-- > 0;)
    if (step.is_constant(k)) weight = k;
  const auto is_probabilities = [&](std::size_t k) { return step.in(k)->probabilities.is_set(); };
  if (weight) {
    project(step, *equation, *weight, dims);
  } else if (count == 2 && (is_probabilities(0) || is_probabilities(1))) {
    const std::size_t first = is_probabilities(0) ? 0 : 1;
    apply_probabilities(step, equation->terms[first], equation->terms[1 - first], equation->result,
                        dims);
  } else if (count == 2) {
    step.out().scores = {step.node().output(), false};
  }
  Dims result;
  for (const char letter : equation->result) result.push_back(dims[letter]);
  step.set(0, result);
}

}  // namespace ortopt::shape
