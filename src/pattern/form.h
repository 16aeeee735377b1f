#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "ortopt/pattern/pattern.h"
#include "pattern/search.h"

namespace ortopt::pattern {

/// Operator types; nothing means that any is possible.
using Operators = std::optional<std::set<std::string>>;

/// A pattern's meaning. Everything is a choice point: a form is handed "everything still to be
/// matched", tries its ways one after the other, and leaves the search as it found it when none
/// lets the rest succeed.
class Form {
 public:
  virtual ~Form() = default;

  [[nodiscard]] virtual bool match(Value& value, Search& search, Next next) const = 0;
  /// What an input that is left out means.
  [[nodiscard]] virtual bool match_absent(Search& search, Next next) const;
  /// The name of a capture, which is one value wherever it occurs; empty for all others.
  [[nodiscard]] virtual std::string_view capture() const { return {}; }
  /// The alternatives that the pattern is nothing more than; none for all others.
  [[nodiscard]] virtual std::span<const Pattern> choices() const { return {}; }
  /// The number that a literal stands for.
  [[nodiscard]] virtual std::optional<double> literal() const { return std::nullopt; }
  /// The operators whose results can match; a necessary condition that costs nothing.
  [[nodiscard]] virtual Operators operators() const { return std::nullopt; }
};

/// Whether `value` holds `number` everywhere, within the tolerance of its type.
[[nodiscard]] bool holds(const Value& value, double number, const Analysis& facts);
/// Notes that `value` is not the constant `number`; false.
bool miss_number(const Value& value, double number, Search& search);

template <class F, class... Args>
[[nodiscard]] Pattern make(Args&&... args) {
  return Pattern(std::make_shared<const F>(std::forward<Args>(args)...));
}

}  // namespace ortopt::pattern
