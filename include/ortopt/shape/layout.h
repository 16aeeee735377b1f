#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/shape/dim.h"

namespace ortopt {

class Node;

/// How much an axis says about itself; where two axes meet in a broadcast, the higher one names the
/// result.
enum class AxisKind {
  constant,    ///< A dimension of an initializer.
  other,       ///< A copy axis (Expand, Tile), a Range, a Concat: identity was lost or never there.
  input,       ///< A dimension of a graph input, or the features of an embedding table.
  projection,  ///< The output features of a product with a constant weight; `(n d)` of
               ///< probabilities × values.
};

/// An axis identity. Sizes never identify an axis; the address does. Owned by the Analysis.
struct Axis {
  std::string name;
  Dim size;
  AxisKind kind = AxisKind::other;
  const Node* node = nullptr;  ///< The node it was born at, or null.
  bool is_copy =
      false;  ///< Born by Expand, Tile or a Concat of repeats: every index holds the same.
  bool is_heads = false;  ///< Born as `(n d)` of probabilities × values.
};

/// The digits of an axis index that one dimension walks: index = Σ digit · stride + offset.
struct Factor {
  const Axis* axis = nullptr;
  Dim stride;
  Dim size;

  friend bool operator==(const Factor&, const Factor&) = default;
};

/// One dimension of a value: an ordered product of factors, outermost first. Size 1 is the empty
/// product. In normal form: no factor of size 1, and neighbours of one axis joined where the
/// strides meet (stride₁ = stride₂ · size₂), so that split and merge are inverse.
using LayoutDim = std::vector<Factor>;

/// Brings a product of factors into normal form.
[[nodiscard]] LayoutDim normalised(const LayoutDim& dim);
/// The product of the factors' sizes; 1 for the empty product.
[[nodiscard]] Dim size_of(const LayoutDim& dim);
/// The factors of all dims as one normalised product: equal for tensors that differ by a merge or
/// split of neighbours only.
[[nodiscard]] LayoutDim flattened(const std::vector<LayoutDim>& dims);
/// `[(batch) (seq) (A/8:4) (A:8)]`, for messages and tests.
[[nodiscard]] std::string text_of(const std::vector<LayoutDim>& dims);

/// What each dimension of a value walks, and where on each axis it starts.
struct Layout {
  std::vector<LayoutDim> dims;
  std::map<const Axis*, Dim> offsets;  ///< Absent means 0.

  [[nodiscard]] std::size_t rank() const { return dims.size(); }
  [[nodiscard]] std::vector<Dim> shape() const;
};

}  // namespace ortopt
