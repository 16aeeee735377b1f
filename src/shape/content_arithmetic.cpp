#include <cmath>
#include <functional>
#include <string>
#include <unordered_map>

#include "ortopt/ir/node.h"
#include "shape/content.h"
#include "shape/step.h"

namespace ortopt::shape {
namespace {

using Operands = std::span<const Element>;

/// The operator on two elements: on polynomials when both are whole, else on numbers.
template <class OnDims, class OnNumbers>
Element arithmetic(Operands operands, const OnDims& on_dims, const OnNumbers& on_numbers) {
  if (operands.size() != 2) return {};
  const auto* a = std::get_if<Dim>(&operands[0]);
  const auto* b = std::get_if<Dim>(&operands[1]);
  if (a != nullptr && b != nullptr) return on_dims(*a, *b);
  const auto x = number_of(operands[0]);
  const auto y = number_of(operands[1]);
  if (x && y) return on_numbers(*x, *y);
  // A whole number in floating clothes beside a symbol.
  const auto p = whole_of(operands[0]);
  const auto q = whole_of(operands[1]);
  return p && q ? on_dims(*p, *q) : Element();
}

Element truth(std::optional<bool> value) {
  return value ? Element(Dim(*value ? 1 : 0)) : Element();
}

std::optional<bool> is_true(const Element& element) {
  const auto number = number_of(element);
  return number ? std::optional(*number != 0) : std::nullopt;
}

Element divide(bool is_fraction, Operands operands) {
  return arithmetic(
      operands,
      [&](const Dim& a, const Dim& b) -> Element {
        if (b.is(0)) return {};
        if (!is_fraction) return quotient(a, b);
        if (const auto exact = a.divided_by(b)) return *exact;
        if (!a.constant() || !b.constant()) return {};
        return static_cast<double>(*a.constant()) / static_cast<double>(*b.constant());
      },
      [](double a, double b) { return Element(a / b); });
}

Element remainder(Operands operands) {
  return arithmetic(
      operands,
      [](const Dim& a, const Dim& b) -> Element {
        if (b.is(0)) return {};
        // By −1 without a division: the smallest number has no quotient, and the processor traps.
        if (b.is(-1) || a.divided_by(b)) return Dim(0);
        if (!a.constant() || !b.constant()) return {};
        const int64_t rest = *a.constant() % *b.constant();
        return Dim(rest != 0 && (rest < 0) != (*b.constant() < 0) ? rest + *b.constant() : rest);
      },
      [](double, double) { return Element(); });
}

/// The larger one, or the smaller one for sign −1.
Element extreme(int64_t sign, Operands operands) {
  return arithmetic(
      operands,
      [&](const Dim& a, const Dim& b) -> Element {
        const Dim difference = (a - b) * Dim(sign);
        if (difference.is_nonnegative() == true) return a;
        if (difference.is_nonnegative() == false) return b;
        if ((Dim(0) - difference).is_nonnegative() == true) return b;
        const bool is_size = a.is_nonnegative() == true && b.is_nonnegative() == true;
        return Dim::symbol((is_size ? "(" : "~(") + std::string(sign > 0 ? "max " : "min ") +
                           a.text() + "," + b.text() + ")");
      },
      [&](double a, double b) { return Element(sign > 0 ? std::max(a, b) : std::min(a, b)); });
}

Element less(const Element& a, const Element& b) {
  const Element pair[] = {a, b};
  return arithmetic(
      pair, [](const Dim& p, const Dim& q) { return truth((q - p - Dim(1)).is_nonnegative()); },
      [](double p, double q) { return truth(p < q); });
}

Element negated(const Element& element) {
  const auto value = is_true(element);
  return value ? truth(!*value) : Element();
}

Element equal(Operands operands) {
  return arithmetic(
      operands,
      [](const Dim& a, const Dim& b) -> Element {
        if (a == b) return Dim(1);
        const bool above = (a - b - Dim(1)).is_nonnegative() == true;
        const bool below = (b - a - Dim(1)).is_nonnegative() == true;
        return above || below ? Element(Dim(0)) : Element();
      },
      [](double a, double b) { return truth(a == b); });
}

/// And, and Or with the roles of true and false exchanged: `deciding` settles it alone.
Element junction(bool deciding, Operands operands) {
  bool all_known = true;
  for (const Element& operand : operands) {
    const auto value = is_true(operand);
    if (value == deciding) return truth(deciding);
    all_known = all_known && value;
  }
  return all_known ? truth(!deciding) : Element();
}

Element where(Operands operands) {
  if (operands.size() != 3) return {};
  if (operands[1] == operands[2]) return operands[1];
  const auto condition = is_true(operands[0]);
  return condition ? operands[*condition ? 1 : 2] : Element();
}

Element clip(Operands operands) {
  if (operands.empty()) return {};
  Element result = operands[0];
  for (std::size_t k = 1; k < operands.size() && k < 3; ++k) {
    const Element pair[] = {result, operands[k]};
    result = extreme(k == 1 ? 1 : -1, pair);
  }
  return result;
}

Element add(Operands operands) {
  return arithmetic(operands, std::plus<Dim>(), std::plus<double>());
}
Element subtract(Operands operands) {
  return arithmetic(operands, std::minus<Dim>(), std::minus<double>());
}
Element multiply(Operands operands) {
  return arithmetic(operands, std::multiplies<Dim>(), std::multiplies<double>());
}

/// Operators on numbers alone.
template <auto function>
Element on_number(Operands operands) {
  const auto number = operands.size() == 1 ? number_of(operands[0]) : std::nullopt;
  return number ? Element(function(*number)) : Element();
}

/// Operators that leave whole numbers alone.
template <auto function>
Element on_fraction(Operands operands) {
  if (operands.size() != 1) return {};
  if (const auto whole = whole_of(operands[0])) return *whole;
  return on_number<function>(operands);
}

double square_root(double x) { return std::sqrt(x); }
double inverse(double x) { return 1 / x; }
double rounded_down(double x) { return std::floor(x); }
double rounded_up(double x) { return std::ceil(x); }
double rounded(double x) { return std::nearbyint(x); }
double exponential(double x) { return std::exp(x); }
double logarithm(double x) { return std::log(x); }

Element power(Operands operands) {
  const auto base = operands.size() == 2 ? number_of(operands[0]) : std::nullopt;
  const auto exponent = base ? number_of(operands[1]) : std::nullopt;
  return exponent ? Element(std::pow(*base, *exponent)) : Element();
}

Element negative(Operands operands) {
  const Element pair[] = {Dim(0), operands[0]};
  return subtract(pair);
}

Element absolute(Operands operands) {
  if (const auto* whole = std::get_if<Dim>(&operands[0])) {
    if (whole->is_nonnegative() == true) return *whole;
    return whole->is_nonnegative() == false ? Element(Dim(0) - *whole) : Element();
  }
  const auto number = number_of(operands[0]);
  return number ? Element(std::abs(*number)) : Element();
}

using Kernel = Element (*)(Operands);

const std::unordered_map<std::string_view, Kernel>& kernels() {
  static const std::unordered_map<std::string_view, Kernel> table = {
      {"Add", add},
      {"Sub", subtract},
      {"Mul", multiply},
      {"Mod", remainder},
      {"Pow", power},
      {"Max", [](Operands o) { return extreme(1, o); }},
      {"Min", [](Operands o) { return extreme(-1, o); }},
      {"Clip", clip},
      {"Neg", negative},
      {"Abs", absolute},
      {"Equal", equal},
      {"Less", [](Operands o) { return less(o[0], o[1]); }},
      {"Greater", [](Operands o) { return less(o[1], o[0]); }},
      {"LessOrEqual", [](Operands o) { return negated(less(o[1], o[0])); }},
      {"GreaterOrEqual", [](Operands o) { return negated(less(o[0], o[1])); }},
      {"And", [](Operands o) { return junction(false, o); }},
      {"Or", [](Operands o) { return junction(true, o); }},
      {"Not", [](Operands o) { return negated(o[0]); }},
      {"Where", where},
      {"Sqrt", on_number<square_root>},
      {"Reciprocal", on_number<inverse>},
      {"Exp", on_number<exponential>},
      {"Log", on_number<logarithm>},
      {"Floor", on_fraction<rounded_down>},
      {"Ceil", on_fraction<rounded_up>},
      {"Round", on_fraction<rounded>},
  };
  return table;
}

}  // namespace

Element combined(const Node& node, DataType result, std::span<const Element> operands) {
  if (operands.empty()) return {};
  if (node.op() == "Div") return divide(is_floating(result), operands);
  const auto kernel = kernels().find(node.op());
  if (kernel == kernels().end()) return {};
  const std::size_t needed = operands.size();
  if (needed == 1 && (node.op() == "Max" || node.op() == "Min")) return operands[0];
  const bool is_comparison =
      node.op() == "Less" || node.op() == "Greater" || node.op().ends_with("OrEqual");
  return is_comparison && needed != 2 ? Element() : kernel->second(operands);
}

Element converted(const Element& element, DataType type) {
  if (!is_known(element)) return {};
  const auto* whole = std::get_if<Dim>(&element);
  if (type == DataType::boolean) {
    if (whole != nullptr && !whole->constant())
      return (*whole - Dim(1)).is_nonnegative() == true ? Element(Dim(1)) : Element();
    return truth(*number_of(element) != 0);
  }
  if (whole != nullptr || !is_integer(type)) return element;
  const double number = std::trunc(*number_of(element));
  return std::abs(number) < 9e18 ? Element(Dim(static_cast<int64_t>(number))) : Element();
}

}  // namespace ortopt::shape
