#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shape/knowledge.h"
#include "shape/record.h"

namespace ortopt::shape {

using Dims = std::vector<LayoutDim>;
using Offsets = std::map<const Axis*, Dim>;

/// One node being learnt: what rules read and write. A rule that leaves an output without layout
/// hands it to plain inference.
class Step {
 public:
  Step(Knowledge& knowledge, const Node& node);

  [[nodiscard]] const Node& node() const { return *node_; }
  [[nodiscard]] Knowledge& knowledge() const { return *knowledge_; }
  [[nodiscard]] std::size_t input_count() const { return inputs_.size(); }
  [[nodiscard]] std::size_t output_count() const { return outputs_.size(); }
  /// Null for an input that is left out.
  [[nodiscard]] Record* in(std::size_t slot) const {
    return slot < inputs_.size() ? inputs_[slot] : nullptr;
  }
  [[nodiscard]] Record& out(std::size_t slot = 0) { return outputs_[slot]; }
  [[nodiscard]] std::vector<Record>& outputs() { return outputs_; }

  /// Null when the input is left out or its rank unknown.
  [[nodiscard]] const Dims* dims(std::size_t slot) const;
  [[nodiscard]] const Offsets& offsets(std::size_t slot) const;
  [[nodiscard]] const ShapeValue* content(std::size_t slot) const;
  /// The content of an integer input; nothing unless every element is known.
  [[nodiscard]] std::optional<std::vector<Dim>> dims_of(std::size_t slot) const;
  [[nodiscard]] std::optional<std::vector<int64_t>> ints_of(std::size_t slot) const;
  /// A list that moved from an attribute to an input in later opsets; `absent` tells when neither
  /// is there from when the input is not known.
  struct List {
    std::optional<std::vector<int64_t>> numbers;
    bool absent = false;
  };
  [[nodiscard]] List list(std::string_view attribute, std::size_t slot) const;
  /// Whether an input is computed from initializers alone.
  [[nodiscard]] bool is_constant(std::size_t slot) const;

  /// Writes the layout of an output, in normal form.
  void set(std::size_t slot, const Dims& dims, Offsets offsets = {});
  void set_content(std::size_t slot, ShapeValue content);
  /// The same elements under the output's own sizes.
  void keep_content(std::size_t from, std::size_t slot = 0);

  LayoutDim fresh(std::string_view birth, const Dim& size, AxisKind kind = AxisKind::other);
  /// A dimension in which every index holds the same.
  LayoutDim fresh_copy(std::string_view birth, const Dim& size);
  /// An axis `(n d)` of probabilities × values.
  const Axis& add_heads(const Dim& size);
  [[nodiscard]] Dim unknown(std::size_t axis, std::size_t slot = 0) const;
  void require_equal(const Dim& a, const Dim& b, Agreement agreement = Agreement::required) const {
    knowledge_->require_equal(a, b, *node_, agreement);
  }
  void require_at_most(const Dim& a, const Dim& b) const {
    knowledge_->require_at_most(a, b, *node_);
  }

 private:
  [[nodiscard]] std::string name_of_birth(std::string_view birth) const;

  Knowledge* knowledge_;
  const Node* node_;
  std::vector<Record*> inputs_;
  std::vector<Record> outputs_;
};

/// −1 for the empty product, otherwise the highest kind of its factors: the better one names a
/// broadcast dimension.
[[nodiscard]] int rank_of(const LayoutDim& dim);
/// The dimension of the highest kind; the first of equals.
[[nodiscard]] const LayoutDim& better(const LayoutDim& a, const LayoutDim& b);
/// All sizes, when they are numbers.
[[nodiscard]] std::optional<std::vector<int64_t>> static_sizes(const Dims& dims);
/// The number of elements when the sizes are numbers and there are at most max_content.
[[nodiscard]] std::optional<std::size_t> content_size(const Dims& dims);
/// ⌊a / b⌋ for sizes: exact, a number, or a symbol named by its text.
[[nodiscard]] Dim quotient(const Dim& a, const Dim& b);

}  // namespace ortopt::shape
