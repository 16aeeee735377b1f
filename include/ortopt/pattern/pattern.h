#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ortopt/base/function_ref.h"
#include "ortopt/ir/graph.h"
#include "ortopt/shape/analysis.h"

namespace ortopt::pattern {

class Form;
class Search;

/// "Everything still to be matched." True means that the whole search succeeded.
using Next = FunctionRef<bool()>;

/// A pattern over the values of a graph: a cheap, immutable handle to a Form. Operators build
/// patterns; what a mathematician would call equal matches:
/// + and * in any order and bracketing, - and / with their add-negative and multiply-reciprocal
/// spellings, constants as numbers of any rank and type. The search backtracks over everything,
/// guards included. docs/patterns.md tells the language with examples.
class Pattern {
 public:
  /// A constant that equals `number` everywhere, whatever its rank; relative tolerance 1e-3.
  Pattern(double number);  // NOLINT(google-explicit-constructor): numbers are patterns
  explicit Pattern(std::shared_ptr<const Form> form) : form_(std::move(form)) {}

  [[nodiscard]] const Form& form() const { return *form_; }
  [[nodiscard]] bool match(Value& value, Search& search, Next next) const;

 private:
  std::shared_ptr<const Form> form_;
};

/// A size in a pattern: a number, or a name that binds on first use and unifies later; products of
/// both.
class DimPattern;

/// Binds any value; a second occurrence must be the same value.
[[nodiscard]] Pattern any(std::string name);
/// Binds a constant (initializer or foldable) of any size.
[[nodiscard]] Pattern constant(std::string name);
/// Binds a constant that is one number everywhere; read it with Match::number.
[[nodiscard]] Pattern number(std::string name);
/// op(inputs…) in ONNX's domain, positional; trailing inputs that are left out are not matched.
[[nodiscard]] Pattern call(std::string op, std::vector<Pattern> inputs);
/// The same in any domain.
[[nodiscard]] Pattern call_in(std::string domain, std::string op, std::vector<Pattern> inputs);
/// `pattern` whose producer also satisfies `condition`; `reason` completes "… is not a match
/// because".
[[nodiscard]] Pattern with(Pattern pattern,
                           std::function<bool(const Node&, const Search&)> condition,
                           std::string reason);
/// The first alternative that lets everything after it succeed.
[[nodiscard]] Pattern either(std::vector<Pattern> choices);
/// With or without a one-input operator around it: maybe("Cast", x).
[[nodiscard]] Pattern maybe(std::string op, Pattern pattern);
/// A term that may be missing from the sum it stands in; `Match::has` tells.
[[nodiscard]] Pattern optional_term(Pattern pattern);
/// The value may also be used outside or be a graph output: the rewrite exports it again.
[[nodiscard]] Pattern escapes(Pattern pattern);

[[nodiscard]] Pattern operator+(Pattern a, Pattern b);
[[nodiscard]] Pattern operator-(Pattern a, Pattern b);
[[nodiscard]] Pattern operator*(Pattern a, Pattern b);
[[nodiscard]] Pattern operator/(Pattern a, Pattern b);
[[nodiscard]] Pattern operator-(Pattern a);

/// What a successful search bound.
class Match {
 public:
  /// The value bound by a capture; the capture must have taken part.
  [[nodiscard]] Value& operator[](const Pattern& capture) const;
  [[nodiscard]] bool has(const Pattern& capture) const;
  /// The number that a captured constant holds everywhere.
  [[nodiscard]] double number(const Pattern& capture) const;
  /// The nodes that the rewrite replaces, the root's first.
  [[nodiscard]] const std::vector<Node*>& inside() const { return inside_; }
  [[nodiscard]] Value& root() const { return *root_; }
  [[nodiscard]] const Analysis& facts() const { return *facts_; }

 private:
  friend class Search;
  std::map<const Form*, Value*> bound_;
  std::vector<Node*> inside_;
  Value* root_ = nullptr;
  const Analysis* facts_ = nullptr;
};

/// Why a search failed: the deepest point reached, one sentence, and the nodes that had matched by
/// then.
struct Miss {
  std::string reason;
  std::vector<const Node*> inside;
  bool exhausted = false;  ///< The step budget ran out.
};

/// A condition on a complete match; returns the reason why not, or nothing when it holds. A refusal
/// makes the search go on.
using Guard = std::function<std::optional<std::string>(const Match&)>;

/// Searches `pattern` at `root`. Nodes inside may not be read from outside nor be graph outputs,
/// except the root and what `escapes` allows. On failure `miss`, when given, receives the nearest
/// miss.
[[nodiscard]] std::optional<Match> find(const Pattern& pattern, Value& root, const Analysis& facts,
                                        const Guard& guard = {}, Miss* miss = nullptr);

/// The operator types that the root of `pattern` can have; empty when any can.
[[nodiscard]] std::vector<std::string> root_operators(const Pattern& pattern);

}  // namespace ortopt::pattern
