#include "ortopt/pattern/pattern.h"

#include <algorithm>

#include "ortopt/base/error.h"
#include "pattern/form.h"

namespace ortopt::pattern {

bool Pattern::match(Value& value, Search& search, Next next) const {
  return search.step(*form_, value, next);
}

bool Form::match_absent(Search& search, Next /*next*/) const {
  return search.miss([] { return std::string("an input is left out"); });
}

DimPattern dim(std::string name) {
  DimPattern made(1);
  made.names_.push_back(std::move(name));
  return made;
}

DimPattern operator*(DimPattern a, const DimPattern& b) {
  a.factor_ *= b.factor_;
  a.names_.insert(a.names_.end(), b.names_.begin(), b.names_.end());
  return a;
}

Value* Match::find(const Form& form) const {
  const auto found = std::ranges::find(bound_, &form, &std::pair<const Form*, Value*>::first);
  return found == bound_.end() ? nullptr : found->second;
}

Value& Match::operator[](const Pattern& capture) const {
  Value* value = find(capture.form());
  ensure(value != nullptr, "a pattern that took no part in the match was asked for");
  return *value;
}

bool Match::has(const Pattern& capture) const { return find(capture.form()) != nullptr; }

double Match::number(const Pattern& capture) const {
  const std::optional<double> number = facts_->scalar((*this)[capture]);
  ensure(number.has_value(), "a value that is no number was asked for its number");
  return *number;
}

const Dim& Match::dim(std::string_view name) const {
  const auto found = std::ranges::find(dims_, name, &std::pair<std::string_view, Dim>::first);
  ensure(found != dims_.end(), "a size that took no part in the match was asked for");
  return found->second;
}

}  // namespace ortopt::pattern
