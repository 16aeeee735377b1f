#include <algorithm>

#include "pattern/form.h"

namespace ortopt::pattern {
namespace {

class EitherForm final : public Form {
 public:
  explicit EitherForm(std::vector<Pattern> choices) : choices_(std::move(choices)) {}
  bool match(Value& value, Search& search, Next next) const override {
    return std::ranges::any_of(
        choices_, [&](const Pattern& choice) { return choice.match(value, search, next); });
  }
  bool match_absent(Search& search, Next next) const override {
    return std::ranges::any_of(
        choices_, [&](const Pattern& choice) { return choice.form().match_absent(search, next); });
  }
  std::span<const Pattern> choices() const override { return choices_; }
  Operators operators() const override {
    std::set<std::string> all;
    for (const Pattern& choice : choices_) {
      const Operators some = choice.form().operators();
      if (!some) return std::nullopt;
      all.insert(some->begin(), some->end());
    }
    return all;
  }

 private:
  std::vector<Pattern> choices_;
};

class EscapesForm final : public Form {
 public:
  explicit EscapesForm(Pattern pattern) : pattern_(std::move(pattern)) {}
  bool match(Value& value, Search& search, Next next) const override {
    return search.let_escape(value, [&] { return pattern_.match(value, search, next); });
  }
  Operators operators() const override { return pattern_.form().operators(); }

 private:
  Pattern pattern_;
};

}  // namespace

Pattern either(std::vector<Pattern> choices) { return make<EitherForm>(std::move(choices)); }
Pattern maybe(std::string op, Pattern pattern) {
  return either({call(std::move(op), {pattern}), pattern});
}
Pattern escapes(Pattern pattern) { return make<EscapesForm>(std::move(pattern)); }

}  // namespace ortopt::pattern
