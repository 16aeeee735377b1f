#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
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
/// both: {dim("batch"), dim("heads") * dim("size")}.
class DimPattern {
 public:
  DimPattern(int64_t number)
      : factor_(number) {}  // NOLINT(google-explicit-constructor): numbers are sizes
  DimPattern(int number)
      : factor_(number) {}  // NOLINT(google-explicit-constructor): numbers are sizes

  [[nodiscard]] int64_t factor() const { return factor_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  friend DimPattern dim(std::string name);
  friend DimPattern operator*(DimPattern a, const DimPattern& b);

 private:
  int64_t factor_ = 1;
  std::vector<std::string> names_;
};
[[nodiscard]] DimPattern dim(std::string name);
[[nodiscard]] DimPattern operator*(DimPattern a, const DimPattern& b);

/// What a search has bound: all of it once it succeeded, so far when a condition looks at it. Refers
/// to the pattern and must not outlive it.
class Match {
 public:
  /// The value bound by a capture; the capture must have taken part. Any pattern can be asked for,
  /// except sums inside a larger sum and products inside a larger product (and an `either` of such),
  /// which have no value of their own.
  [[nodiscard]] Value& operator[](const Pattern& capture) const;
  [[nodiscard]] bool has(const Pattern& capture) const;
  /// The number that a captured constant holds everywhere.
  [[nodiscard]] double number(const Pattern& capture) const;
  /// The size bound to a name.
  [[nodiscard]] const Dim& dim(std::string_view name) const;
  /// The nodes that the rewrite replaces, the root's first, each once.
  [[nodiscard]] const std::vector<Node*>& inside() const { return inside_; }
  [[nodiscard]] Value& root() const { return *root_; }
  [[nodiscard]] const Analysis& facts() const { return *facts_; }

 private:
  friend class Search;
  [[nodiscard]] Value* find(const Form& form) const;

  std::vector<std::pair<const Form*, Value*>> bound_;
  std::vector<std::pair<std::string_view, Dim>> dims_;
  std::vector<Node*> inside_;
  Value* root_ = nullptr;
  const Analysis* facts_ = nullptr;
};

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
/// An input that may be left out; `Match::has` tells.
[[nodiscard]] Pattern optional_input(Pattern pattern);
/// An input that must be left out.
[[nodiscard]] Pattern no_input();
/// Output `index` of the node that `node`, a call, matches.
[[nodiscard]] Pattern output(Pattern node, std::size_t index);
/// `pattern` whose producer also satisfies `condition`, which sees what is bound so far; `reason`
/// completes "<value> is not a match because …": "its axis is not the last".
[[nodiscard]] Pattern with(Pattern pattern,
                           std::function<bool(const Node&, const Match&)> condition,
                           std::string reason);
/// The same for a condition on the value.
[[nodiscard]] Pattern where(Pattern pattern,
                            std::function<bool(const Value&, const Match&)> condition,
                            std::string reason);
/// The first alternative that lets everything after it succeed.
[[nodiscard]] Pattern either(std::vector<Pattern> choices);
/// With or without a one-input operator around it: maybe("Cast", x).
[[nodiscard]] Pattern maybe(std::string op, Pattern pattern);
/// A term that may be missing from the sum (or product) it stands in; `Match::has` tells.
[[nodiscard]] Pattern optional_term(Pattern pattern);
/// The value may also be used outside or be a graph output: the rewrite exports it again, or leaves
/// it to its other readers.
[[nodiscard]] Pattern escapes(Pattern pattern);

/// `pattern` whose value has this shape.
[[nodiscard]] Pattern shaped(Pattern pattern, std::vector<DimPattern> dims);
/// `pattern` seen through Reshape, Flatten, Squeeze and Unsqueeze (one or several) as this shape,
/// however the shape was computed.
[[nodiscard]] Pattern reshape(Pattern pattern, std::vector<DimPattern> dims);
/// Transpose with this permutation, given or by default.
[[nodiscard]] Pattern transpose(Pattern pattern, std::vector<int64_t> perm);

[[nodiscard]] Pattern operator+(const Pattern& a, const Pattern& b);
[[nodiscard]] Pattern operator-(const Pattern& a, const Pattern& b);
[[nodiscard]] Pattern operator*(const Pattern& a, const Pattern& b);
[[nodiscard]] Pattern operator/(const Pattern& a, const Pattern& b);
[[nodiscard]] Pattern operator-(const Pattern& a);

/// Sums and products have at most so many terms.
inline constexpr std::size_t max_terms = 8;
/// A search that takes more steps than this is given up.
inline constexpr int max_steps = 10'000;

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
/// except the root and what `escapes` allows, and all belong to the root's own graph. On failure
/// `miss`, when given, receives the nearest miss; one that reached a node whose operator is among
/// `anchors` is nearer than one that did not.
[[nodiscard]] std::optional<Match> find(const Pattern& pattern, Value& root, const Analysis& facts,
                                        const Guard& guard = {}, Miss* miss = nullptr,
                                        std::span<const std::string> anchors = {});

/// The operator types that the root of `pattern` can have; empty when any can.
[[nodiscard]] std::vector<std::string> root_operators(const Pattern& pattern);

}  // namespace ortopt::pattern
