#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "ortopt/pass/rewriter.h"
#include "ortopt/passes/attention/sdpa.h"

namespace ortopt::attention {

/// Where a size stands at run time: dimension `axis` of `value`.
struct SizeSource {
  Value* value = nullptr;
  int64_t axis = 0;
};

/// One entry of a shape: a number, or a size that is read at run time.
using ShapeEntry = std::variant<int64_t, SizeSource>;

/// Finds sizes that are no numbers among dimensions of values that a rewrite may read: the inputs
/// of the graph, and those given.
class SizeFinder {
 public:
  SizeFinder(const Graph& graph, const Analysis& facts, std::vector<Value*> also = {});

  [[nodiscard]] std::optional<ShapeEntry> find(const Dim& size) const;

 private:
  const Analysis* facts_;
  std::vector<Value*> values_;
};

/// A Reshape with a Transpose before or behind it, that is known to be possible.
struct Arrangement {
  std::vector<int64_t> perm_before;  ///< Empty: no Transpose.
  std::vector<ShapeEntry> shape;     ///< Empty: no Reshape.
  std::vector<int64_t> perm;         ///< Empty: no Transpose.

  [[nodiscard]] bool is_nothing() const {
    return perm_before.empty() && shape.empty() && perm.empty();
  }
  /// A Reshape is next to nothing; each Transpose copies.
  [[nodiscard]] int cost() const {
    return (shape.empty() ? 0 : 1) + (perm.empty() ? 0 : 2) + (perm_before.empty() ? 0 : 2);
  }
};

/// How dimensions `from` become `to`. Nothing when the two walk other axes, when one Transpose is
/// not enough, or when a size is nowhere to be found.
[[nodiscard]] std::optional<Arrangement> arrangement(const std::vector<LayoutDim>& from,
                                                     const std::vector<LayoutDim>& to,
                                                     const SizeFinder& sizes);

/// Puts a shape into the graph: a constant when it is all numbers.
[[nodiscard]] Value& make_shape(const std::vector<ShapeEntry>& shape, Rewriter& to);
/// Applies an arrangement to `value`.
[[nodiscard]] Value& make_arranged(Value& value, const Arrangement& arrangement, Rewriter& to);

}  // namespace ortopt::attention
