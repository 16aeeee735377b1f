#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ortopt/pattern/pattern.h"

namespace ortopt::pattern {

/// One attempt to match: what is bound, what is inside, how far it got. Bindings and nodes are
/// stacks, so that undoing is cutting them short.
class Search {
 public:
  Search(Value& root, const Analysis& facts, std::span<const std::string> anchors);

  [[nodiscard]] const Match& so_far() const { return so_far_; }
  [[nodiscard]] const Analysis& facts() const { return so_far_.facts(); }

  /// Matches `form` at `value`: counts the step, binds it, and takes a form that is already matched
  /// at the same value as done.
  [[nodiscard]] bool step(const Form& form, Value& value, Next next);
  /// Steps inside the producer of `value`, which becomes one of the nodes that are replaced.
  [[nodiscard]] bool enter(Value& value, FunctionRef<bool(Node&)> body);
  /// Lets `value` be read from outside while the rest is matched.
  [[nodiscard]] bool let_escape(const Value& value, Next next);
  /// Makes `pattern` equal `size`, binding names as need be, while the rest is matched.
  [[nodiscard]] bool unify(const DimPattern& pattern, const Dim& size, Next next);

  /// Notes why the search did not get further; false. `reason` is called when it is worth telling.
  enum class Distance {
    far,       ///< It is something else.
    near,      ///< A number, an attribute or a size is wrong.
    complete,  ///< All is there and something outside or a guard forbids it.
  };
  template <class Reason>
  bool miss(const Reason& reason, Distance distance = Distance::far) {
    if (is_nearest(distance)) note(reason());
    return false;
  }

  /// Whether all that is inside is private, sizes are settled, and `guard` agrees.
  [[nodiscard]] bool accepts(const Guard& guard);
  [[nodiscard]] bool exhausted() const { return steps_left_ <= 0; }
  [[nodiscard]] int steps() const { return max_steps - steps_left_; }
  [[nodiscard]] Match result() const;
  [[nodiscard]] Miss nearest_miss() const;

 private:
  /// How far an attempt got; the greater the more it tells.
  struct Progress {
    bool reached_anchor;
    std::size_t depth;
    Distance distance;
    std::size_t bound;
    friend auto operator<=>(const Progress&, const Progress&) = default;
  };
  struct Equation {
    const DimPattern* pattern;
    Dim size;
  };

  [[nodiscard]] bool is_nearest(Distance distance);
  void note(std::string reason);
  [[nodiscard]] bool is_inside(const Node& node) const;
  [[nodiscard]] bool is_private();
  [[nodiscard]] bool is_private(const Node& node);
  [[nodiscard]] bool feeds_back(const Value& escaped);
  [[nodiscard]] std::optional<Dim> known_part(const DimPattern& pattern,
                                              std::vector<std::string_view>& unknown) const;
  [[nodiscard]] bool settles(const Equation& equation);

  Match so_far_;
  std::vector<const Value*> escaping_;
  std::vector<Equation> open_;
  std::span<const std::string> anchors_;
  std::size_t anchors_inside_ = 0;
  int steps_left_ = max_steps;
  std::optional<Progress> nearest_progress_;
  Miss nearest_;
};

/// How a value is called in a sentence.
[[nodiscard]] std::string told(const Value& value);
/// What a value is, in a sentence: "comes from Mul", "is a graph input".
[[nodiscard]] std::string origin_of(const Value& value);

}  // namespace ortopt::pattern
