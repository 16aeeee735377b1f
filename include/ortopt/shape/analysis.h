#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ortopt/ir/graph.h"
#include "ortopt/ir/type.h"
#include "ortopt/shape/dim.h"
#include "ortopt/shape/layout.h"

namespace ortopt {

/// One element of a shape value: a size, a floating number, or nothing when it is unknown.
using Element = std::variant<std::monostate, Dim, double>;

/// The content of a small tensor with at most 64 elements, element by element; partial knowledge is
/// per element. Integers and bools are Dims whatever their type is called; a
/// Dim survives a Cast to float and becomes a number only when it is constant.
struct ShapeValue {
  std::vector<int64_t> dims;
  std::vector<Element> elements;

  /// All elements as Dims, or nothing when one is unknown or no whole number.
  [[nodiscard]] std::optional<std::vector<Dim>> as_dims() const;
};

/// What the graph needs of two sizes and what could not be proved.
struct Assumption {
  enum class Relation { equal, at_most };

  std::string left;
  std::string right;
  std::string where;  ///< The node whose meaning needs it.
  Relation relation = Relation::equal;
};

/// What is known of every value of a graph: type, shape, layout, content of small constants and
/// shape arithmetic. One forward pass over the nodes, O(nodes · rank · factors); see
/// docs/layout-algebra.md for the rules. Results refer to the graph's values by address and stay
/// right while rewrites preserve what values mean; new nodes are added with `extend`.
class Analysis {
 public:
  /// Analyses the main graph of a model, nested graphs included (values of outer graphs are visible
  /// inside).
  explicit Analysis(Graph& graph);
  ~Analysis();
  Analysis(Analysis&&) noexcept;
  Analysis& operator=(Analysis&&) noexcept;

  /// Learns a node that was inserted or changed after the analysis was made, and nodes nested in
  /// it. (New initializers are learnt when they are asked for.)
  void extend(const Node& node);
  /// Readers of `old` read `by` from now on, which means the same. Values further down keep their
  /// axes: a value that was just made takes over what is known of `old`; between two that were
  /// there before, axes born at `old` become those of `by`.
  void replaced(const Value& old, const Value& by);
  /// Forgets a value that is about to be removed.
  void forget(const Value& value);

  /// `undefined` when unknown.
  [[nodiscard]] DataType dtype(const Value& value) const;
  /// Null when not even the rank is known.
  [[nodiscard]] const Layout* layout(const Value& value) const;
  /// Sizes of all dimensions, or nothing when the rank is unknown.
  [[nodiscard]] std::optional<std::vector<Dim>> shape(const Value& value) const;
  [[nodiscard]] std::optional<std::size_t> rank(const Value& value) const;
  /// The sizes when all are numbers.
  [[nodiscard]] std::optional<std::vector<int64_t>> static_shape(const Value& value) const;
  /// Size of one dimension (negative counts from the end); nothing when unknown or out of range.
  [[nodiscard]] std::optional<Dim> dim(const Value& value, int64_t axis) const;
  /// Content of small tensors, symbolic; null when unknown.
  [[nodiscard]] const ShapeValue* shape_value(const Value& value) const;
  /// The integer content of a small tensor, each element a Dim; nothing unless all are known.
  [[nodiscard]] std::optional<std::vector<Dim>> dims_of(const Value& value) const;
  /// The integer content when all elements are plain numbers.
  [[nodiscard]] std::optional<std::vector<int64_t>> ints_of(const Value& value) const;
  /// The single number a value holds everywhere (a constant splat of any rank, or a shape value of
  /// one element), as double.
  [[nodiscard]] std::optional<double> scalar(const Value& value) const;
  /// The constant tensor that the value is: an initializer, or computed from initializers alone by
  /// moves and casts (as a recipe) or by small kernels. Null when it is not constant.
  [[nodiscard]] const Tensor* constant(const Value& value) const;
  [[nodiscard]] bool is_constant(const Value& value) const { return constant(value) != nullptr; }
  /// Whether `value` is computed from constants alone, whatever it comes to.
  [[nodiscard]] bool is_from_constants(const Value& value) const;

  /// The scores (a product of two computed values) that `value` carries through elementwise
  /// operators and views; null for none or several.
  [[nodiscard]] const Value* scores_of(const Value& value) const;
  /// Whether `value` carries scores of any product: of one, or of several.
  [[nodiscard]] bool carries_scores(const Value& value) const;
  /// The numerator `e` when `node` is Div(e, ReduceSum(e)) with e = Exp(·): a softmax in pieces.
  /// Null otherwise.
  [[nodiscard]] const Value* softmax_numerator(const Node& node) const;

  /// What had to be assumed of sizes, each once, in graph order. Sizes assumed to be equal are one
  /// and the same from there on.
  [[nodiscard]] const std::vector<Assumption>& assumptions() const;
  /// Values whose identity or rank was lost, with the operator that lost it; for diagnosis.
  [[nodiscard]] const std::vector<std::string>& losses() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace ortopt
