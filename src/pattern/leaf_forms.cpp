#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "pattern/form.h"

namespace ortopt::pattern {
namespace {

// Half a unit in the last place of √2 as fp16 is inside; bf16 is coarser.
constexpr double tolerance = 1e-3;
constexpr double bfloat16_tolerance = 4e-3;

std::string shown(double number) {
  constexpr int digits = 7;
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number,
                                          std::chars_format::general, digits);
  return {text.data(), end};
}

class AnyForm final : public Form {
 public:
  explicit AnyForm(std::string name) : name_(std::move(name)) {}
  bool match(Value& /*value*/, Search& /*search*/, Next next) const override { return next(); }
  std::string_view capture() const override { return name_; }

 private:
  std::string name_;
};

class ConstantForm final : public Form {
 public:
  explicit ConstantForm(std::string name) : name_(std::move(name)) {}
  bool match(Value& value, Search& search, Next next) const override {
    if (search.facts().is_constant(value)) return next();
    return search.miss([&] { return told(value) + " is not a constant (" + name_ + ")"; });
  }
  std::string_view capture() const override { return name_; }

 private:
  std::string name_;
};

class NumberForm final : public Form {
 public:
  explicit NumberForm(std::string name) : name_(std::move(name)) {}
  bool match(Value& value, Search& search, Next next) const override {
    if (search.facts().scalar(value)) return next();
    return search.miss(
        [&] { return told(value) + " is not one constant number (" + name_ + ")"; },
        search.facts().is_constant(value) ? Search::Distance::near : Search::Distance::far);
  }
  std::string_view capture() const override { return name_; }

 private:
  std::string name_;
};

class LiteralForm final : public Form {
 public:
  explicit LiteralForm(double number) : number_(number) {}
  bool match(Value& value, Search& search, Next next) const override {
    return holds(value, number_, search.facts()) ? next() : miss_number(value, number_, search);
  }
  std::optional<double> literal() const override { return number_; }

 private:
  double number_;
};

}  // namespace

bool holds(const Value& value, double number, const Analysis& facts) {
  const std::optional<double> found = facts.scalar(value);
  if (!found) return false;
  const bool coarse = facts.dtype(value) == DataType::bfloat16;
  return std::abs(*found - number) <=
         (coarse ? bfloat16_tolerance : tolerance) * std::max(1e-6, std::abs(number));
}

bool miss_number(const Value& value, double number, Search& search) {
  const std::optional<double> found = search.facts().scalar(value);
  const auto reason = [&] {
    return told(value) + " is " + (found ? shown(*found) + ", " : "") + "not the constant " +
           shown(number);
  };
  return search.miss(reason, found ? Search::Distance::near : Search::Distance::far);
}

Pattern::Pattern(double number) : Pattern(make<LiteralForm>(number)) {}

Pattern any(std::string name) { return make<AnyForm>(std::move(name)); }
Pattern constant(std::string name) { return make<ConstantForm>(std::move(name)); }
Pattern number(std::string name) { return make<NumberForm>(std::move(name)); }

}  // namespace ortopt::pattern
