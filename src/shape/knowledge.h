#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ortopt/shape/analysis.h"
#include "shape/record.h"

namespace ortopt::shape {

/// Where two sizes must agree, and how sure that is.
enum class Agreement {
  required,   ///< The operator fails on anything else.
  broadcast,  ///< Either could be 1 as well.
};

/// The records of all values, the axes, and what is known of the symbols.
class Knowledge {
 public:
  /// Learns all values of a graph; its outer graphs come first.
  void learn(Graph& graph);
  void learn(const Node& node);
  void forget(const Value& value) { records_.erase(&value); }
  /// `by` stands for `old` from now on; see Analysis::replaced.
  void replaced(const Value& old, const Value& by);

  /// What is known of `value`, under all substitutions made so far; null when it was never seen.
  [[nodiscard]] Record* find(const Value& value);
  Record& set(const Value& value, Record record);

  /// The content of a small tensor; constants are read here, once. Null when unknown.
  const ShapeValue* content(Record& record);
  /// The constant that a record is, made from its content when that is all numbers. Null otherwise.
  const Tensor* constant(Record& record);
  void set_constant(const Value& value, const Tensor& content);

  const Axis& add_axis(Axis axis);
  /// A dimension that walks a new axis; the empty product for size 1.
  LayoutDim fresh(Axis axis);
  /// The size of dimension `axis` of `value`, of which nothing is known.
  Dim unknown_size(const Value& value, std::size_t axis);

  /// The graph needs two sizes to be equal: unless they are, this is an assumption from now on.
  void require_equal(const Dim& left, const Dim& right, const Node& node, Agreement agreement);
  /// The graph needs `left` ≤ `right`: unless that is sure, an assumption.
  void require_at_most(const Dim& left, const Dim& right, const Node& node);
  [[nodiscard]] Dim resolved(const Dim& dim) const;

  /// `value` is ⌊numerator / divisor⌋, and the graph runs only where the numerator is at least 0.
  void add_length(const Dim& numerator, int64_t divisor, const Dim& value);
  /// What the quotient `result`, cut towards zero, is in terms of lengths where it is known.
  [[nodiscard]] Dim settled_quotient(const Dim& numerator, const Dim& divisor, const Dim& result);

  void lose(const Node& node, std::string_view reason);

  [[nodiscard]] const std::vector<Assumption>& assumptions() const { return assumptions_; }
  [[nodiscard]] const std::vector<std::string>& losses() const { return losses_; }

 private:
  struct Division {
    Dim numerator;
    int64_t divisor;
    Dim value;

    friend bool operator==(const Division&, const Division&) = default;
  };

  void add_once(std::vector<Division>& divisions, const Division& division);
  /// Replaces quotients that come to the same as a length.
  void join_divisions();
  [[nodiscard]] std::optional<Dim> length_of(const Division& quotient) const;
  void learn_input(const Value& input);
  bool learn_constant_node(const Node& node);
  void resolve(Record& record);
  void assume(const Dim& left, const Dim& right, Assumption::Relation relation, const Node& node);
  [[nodiscard]] bool eliminates_earlier(std::string_view a, std::string_view b) const;
  std::optional<std::pair<std::string, Dim>> solve(const Dim& left, const Dim& right) const;
  void substitute(const std::string& symbol, const Dim& by);
  [[nodiscard]] const Axis* resolved(const Axis* axis) const;
  /// Axes of `from` that were born at `birth` become those that `to` has in their place.
  void rename_axes(const Layout& from, const Layout& to, const Value& birth);
  void rename_axis(const Axis& from, const Axis& to);
  void move_birth(const Axis& axis, const Node* node);
  void rename_marks(const Value& old, Mark Record::*mark, const Record& successor);

  std::unordered_map<const Value*, Record> records_;
  std::deque<Axis> axes_;
  std::unordered_map<std::string, const Axis*> input_axes_;  ///< By symbol.
  std::unordered_map<std::string, std::size_t> symbol_age_;
  std::unordered_map<std::string, const Value*> unknown_names_;
  std::unordered_map<std::string, Dim> substitutions_;
  std::unordered_map<const Axis*, const Axis*> axis_names_;  ///< What another axis is called now.
  std::vector<Division> lengths_;
  std::vector<Division> quotients_;  ///< Each of them a symbol.
  std::size_t epoch_ = 0;  ///< Counts changes of symbols and axes; records follow when asked for.
  std::vector<Assumption> assumptions_;
  std::set<std::pair<std::string, std::string>> assumed_;
  std::vector<std::string> losses_;
};

}  // namespace ortopt::shape
